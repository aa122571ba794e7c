import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type ClientKind, type Connection, clientKinds, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'

const secretPrompt = 'You review with the word abracadabra'

let fake: FakeProvider
let client: Connection

/** A server's file, with a prompt in a file of its own beside it. */
function withAgents(): Record<string, string> {
  const config = configFile({
    defaults: {
      modelId: 'openai/standard',
      params: { max_tokens: 100, temperature: 0.1 },
      limits: { maxCycles: 7 },
    },
    clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
    allow: { modelIds: ['openai/gpt-*'], limits: { maxToolCalls: 30 } },
    agents: {
      reviewer: {
        description: 'Reviews a diff for defects. It is strict.',
        modelId: 'openai/reviewing',
        systemPrompt: [{ textFile: 'reviewer.md' }, { cachePoint: { type: 'default' } }],
        params: { max_completion_tokens: 50, user: 'reviewer' },
        tools: ['calculator'],
        limits: { maxCycles: 9, maxToolCalls: 40, timeoutSeconds: 60 },
        exposeAs: 'tool',
      },
      writer: { description: 'Writes', systemPrompt: 'You write.', overridable: true },
      counter: {
        description: 'Counts words',
        outputSchema: {
          type: 'object',
          properties: { words: { type: 'integer' } },
          required: ['words'],
        },
        cacheAdvice: true,
      },
    },
  })
  writeFileSync(join(dirname(config), 'reviewer.md'), secretPrompt)
  return { LITELLM_AGENTS_CONFIG: config }
}

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connectStdio('2026', withAgents())
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const run = (args: JsonObject) => client.call('run_agent', { prompt: 'Hello', ...args })
const body = () => fake.modelRequests.at(-1)?.body as JsonObject
const error = (result: JsonObject) => result.structuredContent.error
const systemText = () =>
  body()
    .messages.filter(({ role }: JsonObject) => role === 'system')
    .flatMap(({ content }: JsonObject) => (typeof content === 'string' ? content : content))
    .map((part: JsonObject | string) => (typeof part === 'string' ? part : part.text))
    .join('')

describe('run_agent.agent', () => {
  test('has its own model, prompt, parameters and tools', async () => {
    const result = await run({ agent: 'reviewer' })
    expect(result.structuredContent).toMatchObject({
      status: 'completed',
      modelId: 'openai/reviewing',
    })
    expect(body().model).toBe('reviewing')
    expect(systemText()).toBe(secretPrompt)
    expect(body()).toMatchObject({ temperature: 0.1, user: 'reviewer', max_completion_tokens: 50 })
    expect(body()).not.toHaveProperty('max_tokens')
    expect(body().tools.map((tool: JsonObject) => tool.function.name)).toEqual(['calculator'])
  })

  test('takes a caller’s parameters over its own, and a model that is open to callers', async () => {
    await run({ agent: 'reviewer', modelId: 'gpt-4o', params: { max_tokens: 7 } })
    expect(body()).toMatchObject({ model: 'gpt-4o', max_tokens: 7, user: 'reviewer' })
    expect(body()).not.toHaveProperty('max_completion_tokens')
    await run({ agent: 'reviewer', modelId: 'openai/reviewing' })
    expect(body().model).toBe('reviewing')
    for (const agent of [undefined, 'writer']) {
      const refused = await run({ ...(agent && { agent }), modelId: 'openai/reviewing' })
      expect(error(refused).code).toBe('permission')
    }
  })

  test('keeps its prompt, unless the operator lets callers replace it', async () => {
    const refused = await run({ agent: 'reviewer', systemPrompt: 'Be kind.' })
    expect(error(refused)).toMatchObject({
      code: 'permission',
      message: expect.stringContaining('reviewer'),
      hint: expect.stringContaining('overridable'),
    })
    expect(fake.requests).toEqual([])
    await run({ agent: 'writer' })
    expect(systemText()).toBe('You write.')
    await run({ agent: 'writer', systemPrompt: 'Be kind.' })
    expect(systemText()).toBe('Be kind.')
  })

  test('has no more tools than its own', async () => {
    await run({ agent: 'reviewer', tools: [] })
    expect(body().tools).toBeUndefined()
    const refused = await run({ agent: 'reviewer', tools: ['calculator', 'current_time'] })
    expect(error(refused)).toMatchObject({
      code: 'permission',
      message: expect.stringContaining('current_time'),
      hint: expect.stringContaining('calculator'),
    })
  })

  test('that is unknown is told with those that are', async () => {
    expect(error(await run({ agent: 'reviever' }))).toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('did you mean "reviewer"?'),
      hint: expect.stringContaining('reviewer, writer, counter'),
    })
    for (const agent of ['constructor', '__proto__'])
      expect(error(await run({ agent })).code).toBe('invalidRequest')
  })

  test('keeps its sessions to itself', async () => {
    await run({ agent: 'writer', prompt: 'I am Ada', sessionId: 'one' })
    await run({ agent: 'counter', prompt: 'Hello', sessionId: 'one' })
    expect(JSON.stringify(body())).not.toContain('Ada')
    await run({ agent: 'writer', prompt: 'Who am I?', sessionId: 'one' })
    expect(JSON.stringify(body())).toContain('I am Ada')
  })

  test('ends in its own object where the caller gives no schema', async () => {
    const { structuredContent, content } = await run({ agent: 'counter' })
    expect(structuredContent.output).toEqual({ words: expect.any(Number) })
    expect(content.at(-1).text).toMatch(/^Cache: /)
    const asked = await run({
      agent: 'counter',
      outputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    })
    expect(asked.structuredContent.output).toEqual({ a: expect.any(String) })
  })
})

describe('limits: the smallest of caller, profile and operator wins', () => {
  /** A model that goes on calling the calculator. */
  const calls = (count: number) => ({
    toolCalls: Array.from({ length: count }, () => ({
      name: 'calculator',
      arguments: { expression: '1+1' },
    })),
  })
  const limitOf = async (step: JsonObject, args: JsonObject) => {
    fake.script(...Array.from({ length: 20 }, () => step))
    return (await run(args)).structuredContent.limit
  }

  test.each([
    ['the profile’s above the default', { agent: 'reviewer' }, 9],
    ['the caller’s below it', { agent: 'reviewer', limits: { maxCycles: 2 } }, 2],
    ['the profile’s below the caller’s', { agent: 'reviewer', limits: { maxCycles: 15 } }, 9],
    ['the default where nobody says anything', { agent: 'writer' }, 7],
    ['the caller’s above the default', { agent: 'writer', limits: { maxCycles: 8 } }, 8],
  ])('cycles: %s', async (_, args, max) => {
    expect(await limitOf(calls(1), args)).toMatchObject({ name: 'maxCycles', max })
  })

  test('tool calls: the operator’s below the profile’s', async () => {
    const limit = await limitOf(calls(31), { agent: 'reviewer' })
    expect(limit).toMatchObject({ name: 'maxToolCalls', max: 30 })
  })
})

test('structured_extract takes an agent too, with its model and prompt', async () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const extract = (args: JsonObject) =>
    client.call('structured_extract', { prompt: 'Hello', schema, ...args })
  const result = await extract({ agent: 'reviewer' })
  expect(result.structuredContent).toMatchObject({
    status: 'completed',
    modelId: 'openai/reviewing',
  })
  expect(systemText()).toContain(secretPrompt)
  expect(error(await extract({ agent: 'nobody' })).code).toBe('invalidRequest')
})

describe.each(clientKinds)('what a %s client sees of agents', (kind: ClientKind) => {
  let own: Connection

  beforeAll(async () => {
    own = await connectStdio(kind, withAgents())
  })
  afterAll(() => own.close())

  test('their names in the tools’ schemas, with what they are for', async () => {
    const { tools } = await own.request('tools/list')
    const names = ['reviewer', 'writer', 'counter']
    expect(tools[0].inputSchema.properties.agent).toEqual({
      type: 'string',
      enum: names,
      description: 'reviewer: Reviews a diff for defects; writer: Writes; counter: Counts words',
    })
    expect(tools[1].inputSchema.properties.agent.enum).toEqual(names)
  })

  test('a tool for each that is exposed as one', async () => {
    const { tools } = await own.request('tools/list')
    const agents = tools.filter(({ name }: JsonObject) => name.startsWith('agent_'))
    expect(agents.map(({ name }: JsonObject) => name)).toEqual(['agent_reviewer'])
    expect(agents[0].description).toMatch(/^Reviews a diff for defects\. It is strict\./)
    expect(Object.keys(agents[0].inputSchema.properties)).not.toContain('systemPrompt')
    const result = await own.call('agent_reviewer', { prompt: 'Look', limits: { maxCycles: 1 } })
    expect(result.structuredContent).toMatchObject({
      status: 'completed',
      modelId: 'openai/reviewing',
      text: 'You said: Look',
    })
    expect(systemText()).toBe(secretPrompt)
    const wrong = await own.call('agent_reviewer', { prompt: 'Look', modelId: 'openai/gpt-4o' })
    expect(error(wrong)).toMatchObject({
      code: 'invalidRequest',
      message: expect.stringContaining('agent_reviewer'),
    })
  })

  test('a prompt for each, that hands a task to it', async () => {
    const { prompts } = await own.request('prompts/list')
    expect(prompts.map(({ name }: JsonObject) => name)).toEqual(['reviewer', 'writer', 'counter'])
    expect(prompts[0].arguments).toMatchObject([{ name: 'task', required: true }])
    const get = (name: string, args: JsonObject) =>
      own.request('prompts/get', { name, arguments: args })
    const { messages } = await get('reviewer', { task: 'Review my diff' })
    expect(messages).toHaveLength(1)
    expect(messages[0].content.text).toMatch(/agent_reviewer.*Review my diff/s)
    expect((await get('writer', { task: 'Write' })).messages[0].content.text).toMatch(
      /run_agent with agent "writer"/,
    )
    await expect(get('writer', {})).rejects.toMatchObject({ code: -32602 })
    await expect(get('nobody', { task: 'a' })).rejects.toMatchObject({ code: -32602 })
  })

  test('a resource without their prompts, and completions of their names', async () => {
    const { contents } = await own.request('resources/read', { uri: 'litellm-agents://agents' })
    const { agents } = JSON.parse(contents[0].text)
    expect(agents[0]).toEqual({
      name: 'reviewer',
      description: 'Reviews a diff for defects. It is strict.',
      modelId: 'openai/reviewing',
      tools: ['calculator'],
      limits: { maxCycles: 9, maxToolCalls: 40, timeoutSeconds: 60 },
      tool: 'agent_reviewer',
    })
    expect(agents[1]).toMatchObject({ name: 'writer', modelId: 'openai/standard' })
    expect(contents[0].text).not.toMatch(/abracadabra|You write/)
    const { completion } = await own.request('completion/complete', {
      ref: { type: 'ref/prompt', name: 'any' },
      argument: { name: 'agent', value: 'w' },
    })
    expect(completion.values[0]).toBe('writer')
  })
})

test('instructions name as many agents as clients keep', async () => {
  const { Client } = await import('@modelcontextprotocol/client')
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio')
  const { environment, program } = await import('../helpers/program.js')
  const many = Array.from({ length: 40 }, (_, index) => [
    `agent-number-${index}`,
    { description: 'Does something that takes a good number of words to say, and more' },
  ])
  const own = new Client({ name: 'test', version: '1' })
  const config = configFile({ agents: Object.fromEntries(many) })
  await own.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, '--config', config],
      env: environment(),
    }),
  )
  const instructions = own.getInstructions() ?? ''
  await own.close()
  expect(instructions).toContain('agent-number-0 (Does something')
  expect(instructions).not.toContain('agent-number-39')
  expect(instructions.length).toBeLessThan(2_048)
})
