import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** Clients of a server with this configuration. */
function withConfig(config: () => object, env: () => Record<string, string> = () => ({})) {
  beforeAll(async () => {
    client = await connectStdio('2026', { LITELLM_AGENTS_CONFIG: configFile(config()), ...env() })
  })
  afterAll(() => client.close())
}

const run = (args: JsonObject) => client.call('run_agent', { prompt: 'Hello', ...args })
const code = (result: JsonObject) => result.structuredContent.error?.code
const sent = () => fake.modelRequests.at(-1)

describe('without a list of models', () => {
  withConfig(
    () => ({}),
    () => upstream(fake),
  )

  test('a caller may name any whose key the server has', async () => {
    expect(code(await run({ modelId: 'openai/another' }))).toBeUndefined()
    expect(sent()?.body.model).toBe('another')
    expect(code(await run({ modelId: 'gpt-4o' }))).toBeUndefined()
    expect(code(await run({ modelId: 'offline/demo' }))).toBeUndefined()
  })

  test('and none that would use an address of nobody’s choice', async () => {
    expect(code(await run({ modelId: 'ollama/llama3' }))).toBe('permission')
  })
})

describe('an operator', () => {
  withConfig(() => ({
    defaults: {
      modelId: 'openai/standard',
      params: { max_tokens: 100, temperature: 0.1, user: 'operator' },
      limits: { maxCycles: 1 },
    },
    clientArgs: {
      openai: { api_base: `${fake.url}/v1`, api_key: 'sk-test-for-openai' },
      litellm_proxy: { api_base: fake.url, api_key: 'sk-test-for-the-proxy' },
    },
    allow: {
      modelIds: ['litellm_proxy/claude*', 'openai/gpt-*'],
      params: ['service_tier'],
      maxCostUsdPerRun: 0.5,
    },
  }))

  test('says which models a caller may name, by where they lead', async () => {
    expect(code(await run({ modelId: 'litellm_proxy/claude-sonnet' }))).toBeUndefined()
    expect(code(await run({ modelId: 'gpt-4o-mini' }))).toBeUndefined()
    const refused = await run({ modelId: 'litellm_proxy/gpt-4o' })
    expect(refused.structuredContent.error).toMatchObject({
      code: 'permission',
      message: expect.stringContaining('litellm_proxy/gpt-4o'),
      hint: expect.stringContaining('litellm_proxy/claude*, openai/gpt-*'),
    })
    expect(code(await run({ modelId: 'offline/demo' }))).toBe('permission')
    expect(code(await run({}))).toBeUndefined()
    expect(code(await run({ modelId: 'openai/standard' }))).toBeUndefined()
  })

  test('gives keys that go where they were given for', async () => {
    await run({ modelId: 'litellm_proxy/claude-sonnet' })
    expect(sent()?.headers.authorization).toBe('Bearer sk-test-for-the-proxy')
    await run({ modelId: 'openai/gpt-4o' })
    expect(sent()?.headers.authorization).toBe('Bearer sk-test-for-openai')
  })

  test('gives params that a caller may override, and add to', async () => {
    await run({ params: { temperature: 1, service_tier: 'flex' } })
    expect(sent()?.body).toMatchObject({
      max_tokens: 100,
      temperature: 1,
      user: 'operator',
      service_tier: 'flex',
    })
    await run({ params: { max_completion_tokens: 20 } })
    expect(sent()?.body).toMatchObject({ max_completion_tokens: 20 })
    expect(sent()?.body).not.toHaveProperty('max_tokens')
    for (const both of [{ max_tokens: 60_000 }, { max_tokens: null }])
      expect(code(await run({ params: { ...both, max_completion_tokens: 10 } }))).toBe(
        'invalidRequest',
      )
    expect(code(await run({ params: { user: 'me' } }))).toBe('permission')
  })

  test('sets limits that a caller may change, and a cost that it may not exceed', async () => {
    const calculate = { toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }] }
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.6 }
    fake.script(calculate)
    const short = await run({ tools: ['calculator'] })
    expect(short.structuredContent.limit).toMatchObject({ name: 'maxCycles', max: 1 })
    fake.script({ ...calculate, usage })
    const dear = await run({
      tools: ['calculator'],
      limits: { maxCycles: 5, maxCostUsd: 100 },
    })
    expect(dear.structuredContent).toMatchObject({
      stopReason: 'limitReached',
      limit: { name: 'maxCostUsd', max: 0.5, spent: 0.6 },
      costUsd: 0.6,
    })
  })
})

test('a configuration with problems keeps the server from starting', async () => {
  const { startProgram } = await import('../helpers/program.js')
  const LITELLM_AGENTS_CONFIG = configFile({ default: {}, allow: { tool: [] } })
  const program = startProgram([], { LITELLM_AGENTS_CONFIG })
  expect((await program.exited()).code).toBe(3)
  expect(program.stderr()).toMatch(/default: unknown key; did you mean "defaults"\?/)
  expect(program.stderr()).toMatch(/allow\.tool: unknown key; did you mean "tools"\?/)
  expect(program.stdout()).toBe('')
})
