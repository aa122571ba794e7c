import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio, type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { program, testKey } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection

const agents = {
  lead: {
    description: 'Leads',
    modelId: 'openai/lead',
    systemPrompt: 'You lead.',
    tools: ['writer', 'agent_counter'],
  },
  writer: {
    description: 'Writes well',
    modelId: 'openai/writer',
    systemPrompt: 'You write.',
    params: { temperature: 0.3 },
    tools: ['counter'],
    limits: { maxCycles: 3 },
  },
  counter: {
    description: 'Counts words',
    modelId: 'openai/counter',
    tools: ['calculator'],
    limits: { maxCycles: 1 },
  },
}

const configuration = () => ({
  clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
  agents,
})

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connectStdio('2026', { LITELLM_AGENTS_CONFIG: configFile(configuration()) })
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const run = (args: JsonObject) => client.call('run_agent', { prompt: 'Go', agent: 'lead', ...args })
const ask = (name: string, prompt: string) => ({
  toolCalls: [{ name: `agent_${name}`, arguments: { prompt } }],
})
const usage = (tokens: number) => ({
  prompt_tokens: tokens,
  completion_tokens: 1,
  total_tokens: tokens + 1,
})
const metrics = (result: JsonObject) => result._meta['io.github.litellm-agents-mcp/metrics']
const models = () => fake.modelRequests.map(({ body }) => body.model)
const toolResults = (request: number) =>
  fake.modelRequests[request]?.body.messages
    .filter(({ role }: JsonObject) => role === 'tool')
    .map(({ content }: JsonObject) => JSON.stringify(content))
    .join('')

test('an agent is a tool of another, with its own model, prompt, parameters and tools', async () => {
  fake.script(
    { ...ask('writer', 'Write a line'), usage: usage(10) },
    { ...ask('counter', 'Count it'), usage: usage(100) },
    { text: 'Three words', usage: usage(1_000) },
    { text: 'A line of three words', usage: usage(200) },
    { text: 'Done', usage: usage(20) },
  )
  const result = await run({})
  expect(result.structuredContent).toMatchObject({ status: 'completed', text: 'Done' })
  expect(models()).toEqual(['lead', 'writer', 'counter', 'writer', 'lead'])
  const [lead, writer] = fake.modelRequests.map(({ body }) => body)
  expect(lead?.tools.map((tool: JsonObject) => tool.function)).toMatchObject([
    { name: 'agent_writer', description: 'Writes well' },
    { name: 'agent_counter', description: 'Counts words' },
  ])
  expect(JSON.stringify(writer?.messages)).toMatch(/You write\..*Write a line/)
  expect(JSON.stringify(writer?.messages)).not.toContain('You lead.')
  expect(writer?.temperature).toBe(0.3)
  expect(toolResults(4)).toContain('A line of three words')

  // What all spent together, and who spent what.
  expect(result.structuredContent.usage).toMatchObject({ inputTokens: 1_330, outputTokens: 5 })
  expect(metrics(result).cycles).toHaveLength(2)
  expect(metrics(result).agents).toMatchObject({
    writer: { runs: 1, cycles: 2, usage: { inputTokens: 300, outputTokens: 2 } },
    counter: { runs: 1, cycles: 1, usage: { inputTokens: 1_000, outputTokens: 1 } },
  })
  const { contents } = await client.request('resources/read', { uri: 'litellm-agents://usage' })
  const { totals } = JSON.parse(contents[0].text)
  const tokens = ({ agent, usage }: JsonObject) => [agent, usage.inputTokens, usage.outputTokens]
  expect(totals.map(tokens).sort()).toEqual([
    ['counter', 1_000, 1],
    ['lead', 30, 2],
    ['writer', 300, 2],
  ])
})

test('each has its own limits, and all of them the caller’s', async () => {
  fake.script(
    ask('counter', 'Count'),
    { toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }] },
    { text: 'Done' },
  )
  expect((await run({})).structuredContent.text).toBe('Done')
  expect(toolResults(2)).toContain('stopped at its limit maxCycles (1)')

  fake.reset()
  fake.script(
    { ...ask('writer', 'Write'), usage: usage(10) },
    { text: 'A long line', usage: usage(500) },
  )
  const limited = await run({ limits: { maxTotalTokens: 400 } })
  expect(limited.structuredContent).toMatchObject({
    stopReason: 'limitReached',
    limit: { name: 'maxTotalTokens', max: 400 },
  })
  expect(models()).toEqual(['lead', 'writer'])
})

test('a caller may narrow them like other tools', async () => {
  await run({ tools: ['writer'] })
  expect(fake.modelRequests[0]?.body.tools.map((tool: JsonObject) => tool.function.name)).toEqual([
    'agent_writer',
  ])
  const refused = await run({ agent: 'counter', tools: ['agent_writer'] })
  expect(refused.structuredContent.error.code).toBe('permission')
})

describe('a budget that is passed down', () => {
  const meta = (budget: JsonObject) => ({
    _meta: { 'io.github.litellm-agents-mcp/budget': budget },
  })
  const call = async (budget: JsonObject, args: JsonObject = {}) =>
    (await client.request('tools/call', {
      name: 'run_agent',
      arguments: { prompt: 'Go', agent: 'lead', ...args },
      ...meta(budget),
    })) as JsonObject

  test('lowers the limits of a run, and never raises them', async () => {
    fake.script(
      { ...ask('writer', 'Write'), usage: usage(10) },
      { text: 'A line', usage: usage(50) },
    )
    const lowered = await call({ maxTotalTokens: 40.5 }, { limits: { maxTotalTokens: 1_000 } })
    expect(lowered.structuredContent.limit).toMatchObject({ name: 'maxTotalTokens', max: 40 })
    fake.script(
      { ...ask('writer', 'Write'), usage: usage(10) },
      { text: 'A line', usage: usage(50) },
    )
    const kept = await call({ maxTotalTokens: 1_000 }, { limits: { maxTotalTokens: 40 } })
    expect(kept.structuredContent.limit).toMatchObject({ name: 'maxTotalTokens', max: 40 })
  })

  test('bounds how many agents work below one another', async () => {
    fake.script(ask('writer', 'Write'), { text: 'Done' })
    expect((await call({ depth: 1 })).structuredContent.text).toBe('Done')
    expect(models()).toEqual(['lead', 'lead'])
    expect(toolResults(1)).toContain('too deeply')
  })

  test.each([{ depth: 0 }, { maxCostUsd: 0 }])('of nothing starts nothing: %j', async (budget) => {
    const result = await call(budget)
    expect(result.structuredContent.error.code).toBe('limitReached')
    expect(fake.requests).toEqual([])
  })

  test('that is none is left aside', async () => {
    const result = await call({ maxTotalTokens: 'all', depth: null })
    expect(result.structuredContent.status).toBe('completed')
  })
})

describe('over HTTP', () => {
  const token = 'a-token-of-many-characters'
  let server: HttpServer

  beforeAll(async () => {
    const http = { principals: { ada: { token, allow: { modelIds: ['openai/lead'] } } } }
    const config = configFile({ ...configuration(), http })
    server = await startHttp({ LITELLM_AGENTS_CONFIG: config }, [], 'none')
  })
  afterAll(() => server.stop())

  const post = async (headers: Record<string, string> = {}) => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'run_agent', arguments: { prompt: 'Go', agent: 'lead' } },
      }),
    })
    return response.text()
  }

  test('a budget in headers counts as well', async () => {
    expect(await post({ 'x-litellm-agents-depth': '0' })).toContain('limitReached')
    expect(await post({ 'x-litellm-agents-budget-usd': '0' })).toContain('limitReached')
    expect(fake.modelRequests).toEqual([])
    expect(await post({ 'x-litellm-agents-depth': '2' })).toContain('You said: Go')
  })

  test('an agent below has no model that the caller may not use', async () => {
    fake.script(ask('writer', 'Write'), { text: 'Done without' })
    expect(await post()).toContain('Done without')
    expect(models()).toEqual(['lead', 'lead'])
    expect(toolResults(1)).toContain('openai/writer')
  })
})

test('a server whose agents are another server’s tools passes its budget on', async () => {
  const inner = configFile(configuration())
  const outer = await connectStdio('2026', {
    LITELLM_AGENTS_CONFIG: configFile({
      ...configuration(),
      agents: { boss: { modelId: 'openai/boss', tools: ['inner/run_agent'] } },
      mcpServers: {
        inner: { command: process.execPath, args: [program, '--config', inner] },
      },
    }),
  })
  try {
    const delegate = {
      toolCalls: [{ name: 'inner__run_agent', arguments: { prompt: 'Go', agent: 'lead' } }],
    }
    fake.script(
      { ...delegate, usage: usage(100) },
      { ...ask('writer', 'Write'), usage: usage(200) },
      { text: 'A line', usage: usage(300) },
    )
    const boss = (args: JsonObject = {}) =>
      outer.call('run_agent', { prompt: 'Go', agent: 'boss', ...args })
    await boss({ limits: { maxTotalTokens: 500 } })
    // The inner run was left 399, of which its first two calls took 502: it made no third.
    expect(models()).toEqual(['boss', 'lead', 'writer'])

    fake.reset()
    fake.script(
      { ...delegate, usage: usage(100) },
      { ...ask('writer', 'Write'), usage: usage(200) },
      { text: 'A line', usage: usage(300) },
      { text: 'Done', usage: usage(400) },
      { text: 'All done', usage: usage(500) },
    )
    const result = await boss()
    expect(result.structuredContent.text).toBe('All done')
    expect(result.structuredContent.usage).toMatchObject({ inputTokens: 1_500, outputTokens: 5 })
    expect(metrics(result).agents).toMatchObject({
      inner: { runs: 1, cycles: 2, usage: { inputTokens: 600 } },
      'inner/writer': { runs: 1, cycles: 1, usage: { inputTokens: 300 } },
    })
  } finally {
    await outer.close()
  }
})
