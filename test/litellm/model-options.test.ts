import { Agent, explainRoute, LiteLLMModel } from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { errorStep, type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const claude = () => ({
  modelId: 'anthropic/claude-sonnet-4-6',
  clientArgs: { api_key: 'sk-ant-test-0123456789', api_base: fake.url, num_retries: 0 },
})
const gpt = () => ({
  modelId: 'openai/gpt-4o-mini',
  clientArgs: { api_key: 'sk-test-0123456789', api_base: `${fake.url}/v1`, num_retries: 0 },
})

describe('fallbacks', () => {
  test.each([
    [429, 'rateLimit'],
    [503, 'providerError'],
  ])('a model that fails with %i gives way to the next, which says so', async (status, code) => {
    fake.script(errorStep(status), { text: 'From Claude' })
    const model = new LiteLLMModel({ ...gpt(), fallbacks: [claude()] }, { env: {} })
    const { text, metrics } = await new Agent({ model }).invoke('Hello')
    expect(text).toBe('From Claude')
    expect(fake.modelRequests.map(({ wire }) => wire)).toEqual(['openai', 'anthropic'])
    expect(fake.modelRequests[1]?.headers['x-api-key']).toBe('sk-ant-test-0123456789')
    expect(metrics.cycles[0]).toMatchObject({
      modelId: 'openai/gpt-4o-mini',
      answeredBy: 'anthropic/claude-sonnet-4-6',
      attemptedFallbacks: 1,
    })
    expect(metrics.notices[0]).toContain(code)
  })

  test('a key never goes along', async () => {
    fake.script(errorStep(503))
    const model = new LiteLLMModel(
      { ...gpt(), fallbacks: ['anthropic/claude-sonnet-4-6'] },
      { env: { ANTHROPIC_API_BASE: fake.url } },
    )
    await expect(new Agent({ model }).invoke('Hello')).rejects.toMatchObject({
      code: 'configuration',
    })
    expect(fake.modelRequests.filter(({ wire }) => wire === 'anthropic')).toEqual([])
  })

  test('an invalid request does not ask another model', async () => {
    fake.script(errorStep(400))
    const model = new LiteLLMModel({ ...gpt(), fallbacks: [claude()] }, { env: {} })
    await expect(new Agent({ model }).invoke('Hello')).rejects.toMatchObject({
      code: 'invalidRequest',
    })
    expect(fake.modelRequests).toHaveLength(1)
  })

  test('a proxy is told of them', async () => {
    fake.script({ text: 'ok' })
    const clientArgs = { api_key: 'k', api_base: fake.url, use_litellm_proxy: true }
    const fallbacks = ['litellm_proxy/b', 'c']
    const model = new LiteLLMModel({ modelId: 'a', clientArgs, fallbacks }, { env: {} })
    await new Agent({ model }).invoke('Hello')
    expect(fake.modelRequests[0]?.body.fallbacks).toEqual(['b', 'c'])
  })
})

describe("cache: 'auto'", () => {
  const long = 'A long constant text. '.repeat(400)

  test('a long conversation reads nearly everything it sends', async () => {
    const model = new LiteLLMModel({ ...claude(), cache: 'auto' }, { env: {} })
    const agent = new Agent({ model, systemPrompt: long })
    let sent = 0
    let read = 0
    for (let turn = 0; turn < 50; turn++) {
      fake.script({ text: `Answer ${turn}: ${'word '.repeat(40)}` })
      const { usage } = await agent.invoke(`Question ${turn}: ${'word '.repeat(40)}`)
      sent += usage?.inputTokens ?? 0
      read += usage?.cacheReadInputTokens ?? 0
    }
    expect(read / sent).toBeGreaterThan(0.9)
    const marks = JSON.stringify(fake.modelRequests.at(-1)?.body).match(/cache_control/g)
    expect(marks?.length).toBeLessThanOrEqual(4)
    expect(agent.messages.flatMap(({ content }) => content)).not.toContainEqual(
      expect.objectContaining({ cachePoint: expect.anything() }),
    )
  })

  test('nothing is marked below the minimum, nor where points cannot be sent', async () => {
    fake.script({ text: 'ok' }, { text: 'ok' })
    const short = new LiteLLMModel({ ...claude(), cache: 'auto' }, { env: {} })
    await new Agent({ model: short, systemPrompt: 'Short.' }).invoke('Hello')
    const groq = new LiteLLMModel(
      { ...gpt(), modelId: 'groq/llama-3.3-70b-versatile', cache: 'auto' },
      { env: {} },
    )
    const result = await new Agent({ model: groq, systemPrompt: long }).invoke('Hello')
    expect(JSON.stringify(fake.modelRequests.map(({ body }) => body))).not.toContain(
      'cache_control',
    )
    expect(result.metrics.cache.points).toEqual([])
  })

  test('points that are there count', async () => {
    fake.script({ text: 'ok' })
    const point = { cachePoint: { type: 'default' as const } }
    const blocks = [{ text: long }, point, { text: long }, point, { text: long }, point]
    const model = new LiteLLMModel({ ...claude(), cache: 'auto' }, { env: {} })
    const { metrics } = await new Agent({ model, systemPrompt: long }).invoke(blocks)
    expect(metrics.cache.points).toHaveLength(4)
    expect(metrics.cache.points.every(({ effect }) => effect === 'written')).toBe(true)
  })
})

describe('explainRoute', () => {
  test.each([
    [
      'litellm_proxy/x',
      { LITELLM_PROXY_API_BASE: 'http://127.0.0.1:4000/', LITELLM_PROXY_API_KEY: 'sk-secret-1' },
      { url: 'http://127.0.0.1:4000/chat/completions', keySource: 'LITELLM_PROXY_API_KEY' },
    ],
    [
      'claude-sonnet-4-6',
      { ANTHROPIC_API_KEY: 'sk-secret-1' },
      { url: 'https://api.anthropic.com/v1/messages', wire: 'anthropic-messages' },
    ],
    [
      'bedrock/us.anthropic.claude-sonnet-4-6',
      { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'sk-secret-1' },
      {
        url: expect.stringContaining('bedrock-runtime.eu-central-1'),
        keySource: 'AWS_ACCESS_KEY_ID',
      },
    ],
    [
      'azure/my gpt',
      {
        AZURE_API_BASE: 'https://me.openai.azure.com',
        AZURE_API_KEY: 'sk-secret-1',
        AZURE_API_VERSION: '2024-10-21',
      },
      {
        url: 'https://me.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21',
      },
    ],
    ['offline/demo', {}, { url: null, keySource: null }],
  ])('%s', async (modelId, env, expected) => {
    const explained = await explainRoute({ modelId }, env as Record<string, string>)
    expect(explained).toMatchObject(expected)
    expect(JSON.stringify(explained)).not.toContain('sk-secret-1')
  })

  test('tells what would not be sent', async () => {
    const { dropped } = await explainRoute(
      { modelId: 'claude-opus-5', params: { temperature: 0.7 } },
      { ANTHROPIC_API_KEY: 'k' },
    )
    expect(dropped).toEqual([{ param: 'temperature', why: expect.any(String) }])
  })

  test('fails as a call would, with what to do', async () => {
    await expect(explainRoute({ modelId: 'watsonx/ibm/granite' }, {})).rejects.toMatchObject({
      code: 'configuration',
      hint: expect.stringContaining('litellm --model watsonx/ibm/granite'),
    })
    await expect(explainRoute({ modelId: 'mistral-large-latest' }, {})).rejects.toMatchObject({
      code: 'modelNotFound',
    })
    await expect(explainRoute({ modelId: 'claude-x' }, {})).rejects.toMatchObject({
      code: 'configuration',
      hint: expect.stringContaining('ANTHROPIC_API_KEY'),
    })
    await expect(
      explainRoute({ modelId: 'x', clientArgs: { use_litellm_proxy: true } }, {}),
    ).rejects.toMatchObject({ code: 'configuration' })
  })
})
