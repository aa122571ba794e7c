import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Connection, connectStdio } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type LiteLLMProxy, startLiteLLMProxy } from '../helpers/litellm-proxy.js'

const prefix = 'io.github.litellm-agents-mcp/'

let fake: FakeProvider
let proxy: LiteLLMProxy
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  proxy = await startLiteLLMProxy({ provider: fake })
  client = await connectStdio('2026', {
    LITELLM_PROXY_API_BASE: proxy.url,
    LITELLM_PROXY_API_KEY: proxy.key,
    LITELLM_AGENTS_MODEL_ID: 'litellm_proxy/claude',
  })
})
afterAll(async () => {
  await client?.close()
  await proxy.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

describe('run_agent through a real LiteLLM Proxy', () => {
  test('a cache point reaches the provider on the right block, and comes back as usage', async () => {
    const systemPrompt = [
      { text: 'You are a careful librarian. '.repeat(300) },
      { cachePoint: { type: 'default', ttl: '1h' } },
      { text: 'Answer in one line.' },
    ]
    const ask = (prompt: string) => client.call('run_agent', { prompt, systemPrompt })

    const first = await ask('Who wrote Dune?')
    const usage = first._meta[`${prefix}usage`]
    expect(usage.cacheWriteInputTokens).toBeGreaterThan(1024)
    expect(usage.cacheReadInputTokens).toBe(0)
    expect(fake.modelRequests[0]?.wire).toBe('anthropic')
    expect(fake.modelRequests[0]?.body.system).toEqual([
      {
        type: 'text',
        text: systemPrompt[0]?.text,
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
      { type: 'text', text: 'Answer in one line.' },
    ])
    expect(first._meta[`${prefix}cache`]).toMatchObject({
      written: usage.cacheWriteInputTokens,
      read: 0,
      points: [{ at: 'system[1]', effect: 'written' }],
    })

    const second = await ask('Who wrote Emma?')
    expect(second._meta[`${prefix}usage`]).toMatchObject({
      cacheReadInputTokens: usage.cacheWriteInputTokens,
      cacheWriteInputTokens: 0,
    })
    expect(second._meta[`${prefix}cache`].points).toEqual([{ at: 'system[1]', effect: 'read' }])
    expect(second._meta[`${prefix}cache`].savedUsd).toBeGreaterThan(0)
  })

  test('tells the cost, the real model and the call id of each cycle', async () => {
    const { _meta, structuredContent } = await client.call('run_agent', {
      prompt: 'What is 2+2',
      tools: ['calculator'],
    })
    const { cycles, costUsd, tools } = _meta[`${prefix}metrics`]
    expect(cycles).toHaveLength(2)
    for (const cycle of cycles) {
      expect(cycle).toMatchObject({
        modelId: 'litellm_proxy/claude',
        providerModel: 'anthropic/claude-sonnet-4-6',
        callId: expect.any(String),
        attemptedRetries: 0,
        attemptedFallbacks: 0,
      })
      expect(cycle.costUsd).toBeGreaterThan(0)
    }
    expect(costUsd).toBeCloseTo(cycles[0].costUsd + cycles[1].costUsd, 12)
    expect(structuredContent.costUsd).toBe(costUsd)
    expect(tools.calculator).toMatchObject({ calls: 1, errors: 0 })
  })

  test('signed thinking survives to the next cycle', async () => {
    fake.script(
      {
        reasoning: { text: 'I need the calculator.', signature: 'sig-1' },
        toolCalls: [{ name: 'calculator', arguments: { expression: '6*7' } }],
      },
      { text: '42' },
    )
    const result = await client.call('run_agent', {
      prompt: 'What is 6*7',
      tools: ['calculator'],
      params: { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4000 },
    })
    expect(result.structuredContent.text).toBe('42')
    expect(fake.modelRequests[1]?.body.messages[1].content[0]).toEqual({
      type: 'thinking',
      thinking: 'I need the calculator.',
      signature: 'sig-1',
    })
  })

  test('structured_extract gives a validated object', async () => {
    const { structuredContent } = await client.call('structured_extract', {
      prompt: 'Ada Lovelace, 36',
      schema: {
        type: 'object',
        properties: { name: { type: 'string' }, age: { type: 'integer' } },
        required: ['name', 'age'],
      },
    })
    expect(structuredContent).toMatchObject({ status: 'completed', attempts: 1 })
    expect(Number.isInteger(structuredContent.output.age)).toBe(true)
  })

  test('list_models shows what the proxy serves, with its data', async () => {
    const { structuredContent } = await client.call('list_models', {})
    expect(structuredContent.models).toContainEqual(
      expect.objectContaining({
        modelId: 'litellm_proxy/claude',
        contextTokens: 1_000_000,
        minCacheTokens: 1024,
        supports: expect.objectContaining({ tools: true, caching: true }),
      }),
    )
  })
})

describe('what goes wrong at the proxy', () => {
  test('a wrong key is an authentication error', async () => {
    const wrong = await connectStdio('2025', {
      LITELLM_PROXY_API_BASE: proxy.url,
      LITELLM_PROXY_API_KEY: 'sk-wrong-key-of-mine',
      LITELLM_AGENTS_MODEL_ID: 'litellm_proxy/claude',
    })
    try {
      const result = await wrong.call('run_agent', { prompt: 'Hello' })
      expect(result.isError).toBe(true)
      expect(result.structuredContent.error.code).toBe('authentication')
      expect(JSON.stringify(result)).not.toContain('sk-wrong-key-of-mine')
    } finally {
      await wrong.close()
    }
  })

  test('an unknown model and refused parameters have codes of their own', async () => {
    const unknown = await client.call('run_agent', {
      prompt: 'Hello',
      modelId: 'litellm_proxy/no-such-model',
    })
    expect(unknown.structuredContent.error).toMatchObject({
      code: 'modelNotFound',
      retryable: false,
    })
    const refused = await client.call('run_agent', {
      prompt: 'Hello',
      params: { presence_penalty: 0.5 },
    })
    expect(refused.structuredContent.error.code).toBe('unsupportedParams')
    expect(refused.structuredContent.error.message).toContain('presence_penalty')
  })

  test('a provider that is down costs no more than two more tries of ours', async () => {
    fake.script(...Array.from({ length: 20 }, () => ({ raw: { status: 500, body: 'down' } })))
    const result = await client.call('run_agent', { prompt: 'Hello' })
    expect(result.structuredContent).toMatchObject({
      status: 'failed',
      error: { code: 'providerError', retryable: true },
    })
    // Three requests of ours, each tried three times by the proxy.
    expect(fake.modelRequests.length).toBeLessThanOrEqual(9)
  })
})
