import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connectStdio('2025', {
    LITELLM_AGENTS_CONFIG: configFile({
      defaults: { modelId: 'openai/gpt-4o-mini' },
      clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
      agents: {
        helper: {
          description: 'Helps',
          tools: ['calculator'],
          approval: ['calculator'],
          exposeAs: 'tool',
        },
      },
    }),
  })
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const schema = {
  type: 'object',
  properties: { a: { type: 'string' }, b: { enum: [null, ''], default: null } },
  required: ['a'],
}
const pixel = Buffer.from('hi').toString('base64')

async function succeed(tool: string, args: JsonObject): Promise<JsonObject> {
  const result = await client.call(tool, args)
  expect(result.structuredContent.error).toBeUndefined()
  return result
}

async function errorOf(tool: string, args: JsonObject): Promise<JsonObject> {
  const result = await client.call(tool, args)
  expect(result.isError).toBe(true)
  return result.structuredContent.error
}

const lastRequest = () => fake.modelRequests.at(-1)?.body

describe('surface 2: an argument that is JSON text where another type is expected', () => {
  test('schema of structured_extract', async () => {
    fake.script(({ tools }) => ({
      toolCalls: [{ name: tools[0]?.name ?? '', arguments: { a: 'x' } }],
    }))
    const { structuredContent } = await succeed('structured_extract', {
      prompt: 'p',
      schema: JSON.stringify(schema),
      maxAttempts: '2',
    })
    expect(structuredContent.output).toMatchObject({ a: 'x' })
  })

  test.each([
    ['outputSchema', { outputSchema: JSON.stringify({ ...schema, required: undefined }) }],
    ['params', { params: '{"temperature":0.5}' }],
    ['tools', { tools: '["calculator"]' }],
    ['limits, with a number as text inside', { limits: '{"maxCycles":"5","maxCostUsd":"0.5"}' }],
    ['numbers of limits', { limits: { maxCycles: '5', timeoutSeconds: ' 60 ' } }],
    ['waitSeconds', { waitSeconds: '5' }],
    ['a block of systemPrompt', { systemPrompt: ['{"text":"Be brief"}'] }],
  ])('%s of run_agent', async (_, args) => {
    await succeed('run_agent', { prompt: 'Hi', ...args })
  })

  test('params and tools reach the provider as what they are', async () => {
    await succeed('run_agent', {
      prompt: 'Hi',
      params: '{"temperature":0.5,"stop":["a"]}',
      tools: '["calculator"]',
    })
    expect(lastRequest()).toMatchObject({ temperature: 0.5, stop: ['a'] })
    expect(lastRequest()?.tools).toHaveLength(1)
  })

  test('blocks of a prompt and what is inside them', async () => {
    const image = JSON.stringify({ format: 'png', source: JSON.stringify({ bytes: pixel }) })
    await succeed('run_agent', { prompt: [{ text: 'Look' }, { image }] })
    expect(JSON.stringify(lastRequest()?.messages)).toContain(`data:image/png;base64,${pixel}`)
  })

  test('arguments of an agent tool, get_run and answer_approval', async () => {
    const started = await succeed('agent_helper', {
      prompt: 'What is 2*3?',
      limits: '{"maxCycles":"3"}',
      waitSeconds: '5',
    })
    const { approvals, runId } = started.structuredContent
    const answered = await succeed('answer_approval', {
      runId,
      toolUseId: approvals[0].toolUseId,
      approve: 'True',
      waitSeconds: '20',
    })
    expect(answered.structuredContent.status).toBe('completed')
    await succeed('get_run', { runId, waitSeconds: '1' })
  })

  test('a prompt that is JSON text stays text', async () => {
    const prompt = '[{"text":"hi"}]'
    const { structuredContent } = await succeed('run_agent', { prompt })
    expect(structuredContent.text).toBe(`You said: ${prompt}`)
  })

  test('a bare text for a list of names is a list', async () => {
    await succeed('run_agent', { prompt: 'Hi', tools: 'calculator' })
    expect(lastRequest()?.tools).toHaveLength(1)
    await succeed('run_agent', { prompt: 'Hi', tools: 'calculator, current_time' })
    expect(lastRequest()?.tools).toHaveLength(2)
  })

  test('a number where a name is expected is its text', async () => {
    const { structuredContent } = await succeed('run_agent', { prompt: 'Hi', sessionId: 42 })
    expect(structuredContent.sessionId).toBe('42')
  })

  test('JSON text that is nested too deeply is refused', async () => {
    const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`
    const error = await errorOf('structured_extract', { prompt: 'p', schema: deep })
    expect(error).toMatchObject({ code: 'invalidRequest' })
    expect(error.message).toMatch(/deeper than 100/)
  })
})

const optional = [
  'agent',
  'modelId',
  'systemPrompt',
  'params',
  'tools',
  'sessionId',
  'outputSchema',
  'limits',
  'idempotencyKey',
  'waitSeconds',
]
const all = (names: string[], value: unknown) =>
  Object.fromEntries(names.map((name) => [name, value]))
const extractOptional = optional.filter((name) => !/^(tools|sessionId|outputSchema)$/.test(name))

describe('surface 3 and people F2: null and an empty text count as not given', () => {
  test.each([null, ''])('%j for every optional argument of run_agent', async (value) => {
    const { structuredContent } = await succeed('run_agent', {
      prompt: 'Hi',
      ...all(optional, value),
    })
    expect(structuredContent).toMatchObject({
      text: 'You said: Hi',
      modelId: 'openai/gpt-4o-mini',
    })
    expect(structuredContent).not.toHaveProperty('sessionId')
  })

  test.each([null, ''])('%j for every optional argument of structured_extract', async (value) => {
    const { structuredContent } = await succeed('structured_extract', {
      prompt: 'p',
      schema: { type: 'object', properties: { a: { type: 'string' } } },
      schemaName: value,
      schemaDescription: value,
      maxAttempts: value,
      ...all(extractOptional, value),
    })
    expect(structuredContent.status).toBe('completed')
  })

  test.each([null, ''])('%j for the optional arguments of every other tool', async (value) => {
    const { structuredContent } = await succeed('run_agent', { prompt: 'Hi', sessionId: 's' })
    const { runId } = structuredContent
    await succeed('get_run', { runId, waitSeconds: value })
    const { runs } = (await succeed('list_runs', { status: value, sessionId: value }))
      .structuredContent
    expect(runs.length).toBeGreaterThan(0)
    const { models } = (await succeed('list_models', { provider: value })).structuredContent
    expect(models.length).toBeGreaterThan(0)
    const { sessions } = (await succeed('list_sessions', { agent: value })).structuredContent
    expect(sessions.length).toBeGreaterThan(0)
    await succeed('forget_session', { sessionId: 's', agent: value })
    await succeed('agent_helper', {
      prompt: 'Hi',
      ...all(['sessionId', 'outputSchema', 'limits', 'idempotencyKey', 'waitSeconds'], value),
    })
  })

  test('null inside limits, blocks and lists', async () => {
    await succeed('run_agent', {
      prompt: [
        { text: 'Look', image: null, document: null, audio: null, cachePoint: null },
        { text: null, image: { format: 'png', source: { bytes: pixel, url: null } } },
        { image: { format: 'png', source: { bytes: pixel, url: '' } } },
        null,
        { text: 'x', cachePoint: {} },
      ],
      systemPrompt: [{ text: 'Be brief', cachePoint: null }],
      limits: { maxCycles: null, maxCostUsd: '', timeoutSeconds: 60 },
      tools: ['calculator', null, ''],
    })
    expect(lastRequest()?.tools).toHaveLength(1)
  })

  test('null and empty members of MCP content blocks', async () => {
    await succeed('run_agent', {
      prompt: [
        { type: 'text', text: 'Read', annotations: null, _meta: null },
        {
          type: 'resource',
          resource: { uri: 'file:///a', text: 'b', blob: null, mimeType: null },
          annotations: null,
        },
      ],
    })
  })

  test('an empty object for outputSchema, params or limits', async () => {
    const { structuredContent } = await succeed('run_agent', {
      prompt: 'Hi',
      outputSchema: {},
      params: {},
      limits: {},
    })
    expect(structuredContent).not.toHaveProperty('output')
  })

  test('null stays null inside a schema and inside params', async () => {
    fake.script(({ tools }) => ({
      toolCalls: [{ name: tools[0]?.name ?? '', arguments: { a: 'x', b: null } }],
    }))
    const { structuredContent } = await succeed('structured_extract', {
      prompt: 'p',
      schema,
      params: { seed: null, stop: '' },
    })
    expect(structuredContent.output).toEqual({ a: 'x', b: null })
    expect(lastRequest()?.tools[0].function.parameters.properties.b).toEqual(schema.properties.b)
    expect(lastRequest()).toMatchObject({ stop: '' })
  })

  test('null for a required argument is an error that says so', async () => {
    expect((await errorOf('run_agent', { prompt: null })).message).toMatch(/prompt is required/)
    expect((await errorOf('get_run', { runId: '' })).message).toMatch(/runId is required/)
    const extract = await errorOf('structured_extract', { prompt: 'p', schema: null })
    expect(extract.message).toMatch(/schema is required/)
  })

  test('a call with null and the same call without it are one under an idempotencyKey', async () => {
    const args = { prompt: 'Hi', idempotencyKey: 'key-1' }
    const first = await succeed('run_agent', args)
    const second = await succeed('run_agent', { ...args, agent: null, limits: {}, params: '{}' })
    expect(second.structuredContent.runId).toBe(first.structuredContent.runId)
  })

  test('arguments of prompts/get and completion/complete', async () => {
    const get = (args: unknown) =>
      client.request('prompts/get', { name: 'helper', arguments: args as JsonObject })
    const { messages } = await get({ task: 'Add 2 and 3', style: null })
    expect(messages[0].content.text).toContain('Add 2 and 3')
    expect((await get({ task: 23 })).messages[0].content.text).toContain('23')
    for (const args of [undefined, null, {}, { task: null }, { task: '' }])
      await expect(get(args)).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining('task'),
      })
    const complete = (value: unknown) =>
      client.request('completion/complete', {
        ref: { type: 'ref/prompt', name: 'helper' },
        argument: { name: 'agent', value },
      })
    for (const value of ['', null, 'help'])
      expect((await complete(value)).completion.values).toEqual(['helper'])
  })
})

describe('surface, also seen: waitSeconds', () => {
  test.each([3600, 601, '3600'])('%j is treated as 600', async (waitSeconds) => {
    const { structuredContent } = await succeed('run_agent', { prompt: 'Hi', waitSeconds })
    expect(structuredContent.status).toBe('completed')
  })

  test.each([-1, '-1', -0.5])('%j is refused with the least that is allowed', async (wait) => {
    const { message } = await errorOf('run_agent', { prompt: 'Hi', waitSeconds: wait })
    expect(message).toContain('waitSeconds must be 0 or more')
  })
})

const invalid: [string, JsonObject, RegExp][] = [
  ['a number for a list', { tools: 5 }, /tools must be a list/],
  [
    'a text that is not JSON for an object',
    { outputSchema: 'x' },
    /outputSchema must be a JSON obj/,
  ],
  ['a list for an object', { params: [] }, /params must be a JSON object/],
  ['a text that is not a number', { waitSeconds: 'soon' }, /waitSeconds must be a number/],
  ['a fraction', { limits: { maxCycles: 1.5 } }, /limits\.maxCycles must be a whole number/],
  ['zero', { limits: { maxCycles: 0 } }, /limits\.maxCycles must be above 0/],
  ['an object for a text', { modelId: {} }, /modelId must be text/],
  ['a number for a prompt', { prompt: 7 }, /prompt must be text or a list/],
  ['an unknown limit', { limits: { maxSteps: 5 } }, /limits has no "maxSteps", only maxCycles/],
  ['a misspelt limit', { limits: { maxCycle: 5 } }, /maxCycle.*did you mean "maxCycles"/],
  ['an unknown argument', { temperature: 1 }, /there is no "temperature"/],
  [
    'an unknown format',
    { prompt: [{ image: { format: 'bmp', source: { bytes: pixel } } }] },
    /"png" or "jpeg"/,
  ],
  [
    'a source that is not a URL',
    { prompt: [{ image: { format: 'png', source: { url: 'x' } } }] },
    /url must be a URL/,
  ],
]

describe('people F3 and F7: an invalid argument is refused in words that a model knows', () => {
  test.each(invalid)('%s', async (_, args, says) => {
    const result = await client.call('run_agent', { prompt: 'Hi', ...args })
    const { message, hint } = result.structuredContent.error
    expect(message).toMatch(says)
    expect(`${message} ${hint}`).not.toMatch(/record|expected|received|Mend|zod|union/i)
  })

  test('the error costs the caller few bytes and lists no usage and no argument names', async () => {
    const result = await client.call('run_agent', { prompt: 'Hi', modelID: 'x' })
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(450)
    expect(Object.keys(result.structuredContent).sort()).toEqual(['error', 'status'])
    expect(result).not.toHaveProperty('_meta')
    expect(JSON.stringify(result)).not.toContain('idempotencyKey')
  })
})

test('surface 9: lone surrogates inside arguments that are JSON text are replaced', async () => {
  const text = `{"type":"object","properties":{"a":{"type":"string","title":"\\ud83d"}}}`
  await succeed('structured_extract', { prompt: 'bad \ud83d here', schema: text })
  const body = JSON.stringify(lastRequest())
  expect(body).toContain('bad \ufffd here')
  expect(body).not.toContain('ud83d')
})

describe('surface 3: more forms of an argument that was not given', () => {
  test.each([
    ['tools', 'null'],
    ['limits', { maxCycles: 'null' }],
    ['outputSchema', ' null '],
    ['waitSeconds', 'null'],
  ])('surface 3: the text null for %s counts as not given', async (name, value) => {
    fake.script({ text: 'Hi' })
    await succeed('run_agent', { prompt: 'p', [name]: value })
  })

  test.each([null, ''])('surface 3: the block type %j counts as not given', async (type) => {
    fake.script({ text: 'Hi' })
    await succeed('run_agent', { prompt: [{ type, text: 'hello' }] })
    expect(JSON.stringify(lastRequest()?.messages)).toContain('hello')
  })

  test('surface 2: an argument of the wrong type gets one complaint', async () => {
    const { message } = await errorOf('run_agent', { prompt: 'p', sessionId: { length: 999 } })
    expect(message.match(/sessionId/g)).toHaveLength(1)
  })

  test.each([0, -5, 0.5, '0'])(
    'hardening 3: max_tokens of %j is an invalidRequest and nothing is sent',
    async (max_tokens) => {
      const { code, message } = await errorOf('run_agent', { prompt: 'p', params: { max_tokens } })
      expect(code).toBe('invalidRequest')
      expect(message).toContain('max_tokens')
      expect(fake.modelRequests).toEqual([])
    },
  )
})
