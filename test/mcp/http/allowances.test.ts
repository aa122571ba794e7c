import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { type HttpServer, startHttp } from '../../helpers/connect.js'
import {
  errorStep,
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { callTool, rpc } from '../../helpers/http-client.js'
import { testKey } from '../../helpers/program.js'

const principals = {
  boss: {},
  writer: { agents: ['writer'], modelIds: ['openai/gpt-4o-mini'], tools: ['run_*', 'list_models'] },
  reader: {
    agents: ['*'],
    modelIds: ['openai/gpt-4o'],
    tools: ['*_models', 'run_agent', 'current_time'],
  },
  sole: { agents: ['', 'writer'] },
  single: { maxConcurrentRuns: 1 },
  poor: { usdPerDay: 0.001 },
  short: { tokensPerDay: 1000 },
  faithful: { modelIds: ['openai/gpt-4o-mini'] },
}
type Name = keyof typeof principals
const token = (name: string) => `${name}-0123456789abcdef`

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const named = Object.entries(principals).map(([name, allow]) => [
    name,
    { token: token(name), allow },
  ])
  const LITELLM_AGENTS_CONFIG = configFile({
    defaults: { modelId: 'openai/gpt-4o-mini', fallbacks: ['openai/gpt-4o'] },
    allow: { modelIds: ['openai/*'], tools: ['judge', 'agent_*'] },
    agents: {
      writer: { description: 'Writes letters.', exposeAs: 'tool' },
      judge: { description: 'Judges letters.', exposeAs: 'tool', modelId: 'openai/gpt-4o' },
    },
    clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey, max_retries: 0 } },
    http: { principals: Object.fromEntries(named) },
  })
  server = await startHttp({ LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

const as = (name: Name) => ({ url: server.url, token: token(name) })
const ask = async (name: Name, method: string, params: JsonObject = {}) =>
  (await rpc(as(name), method, params)).message()
const toolsOf = async (name: Name): Promise<string[]> =>
  (await ask(name, 'tools/list')).result.tools.map((tool: JsonObject) => tool.name)
const run = (name: Name, args: JsonObject = {}) =>
  callTool(as(name), 'run_agent', { prompt: 'Hello', ...args })
const errorOf = async (result: Promise<JsonObject>) => (await result).structuredContent.error

describe('a principal sees what they may use, and no more', () => {
  test('tools', async () => {
    expect(await toolsOf('boss')).toEqual(
      expect.arrayContaining(['run_agent', 'structured_extract', 'agent_writer', 'agent_judge']),
    )
    expect(await toolsOf('writer')).toEqual(['run_agent', 'list_models'])
  })

  test('a tool that is not theirs does not exist', async () => {
    const params = { name: 'structured_extract', arguments: { prompt: 'Hi', schema: {} } }
    const { error } = await ask('writer', 'tools/call', params)
    expect(error.message).toMatch(
      /Unknown tool: structured_extract\. There are run_agent, list_models/,
    )
  })

  test('a principal does not learn the names of agents of others', async () => {
    const told = async (name: Name) => {
      const uri = 'litellm-agents://agents'
      const answers = await Promise.all([
        ask(name, 'resources/read', { uri }),
        ask(name, 'prompts/list'),
        ask(name, 'tools/list'),
        ask(name, 'initialize', {
          protocolVersion: '2025-11-25',
          capabilities: {},
          clientInfo: { name: 'test', version: '1' },
        }),
        ask(name, 'completion/complete', {
          ref: { type: 'ref/prompt', name: 'writer' },
          argument: { name: 'agent', value: '' },
        }),
      ])
      return JSON.stringify(answers)
    }
    expect(await told('boss')).toContain('judge')
    const seen = await told('writer')
    expect(seen).toContain('writer')
    expect(seen).not.toContain('judge')
    expect((await ask('writer', 'prompts/get', { name: 'judge' })).error.message).toMatch(/Unknown/)
    const refused = await run('writer', { tools: ['nosuch'] })
    expect(refused.structuredContent.error.code).toBe('permission')
    expect(JSON.stringify(refused)).not.toContain('judge')
  })

  test('models', async () => {
    const models = async (name: Name) => {
      const { structuredContent } = await callTool(as(name), 'list_models')
      return structuredContent.models.map(({ modelId }: JsonObject) => modelId)
    }
    expect(await models('writer')).toEqual(['openai/gpt-4o-mini'])
    expect(await models('reader')).not.toContain('openai/gpt-4o-mini')
  })
})

describe('a principal is refused', () => {
  test.each<[string, Name, JsonObject, string, RegExp]>([
    ['an agent of others', 'writer', { agent: 'judge' }, 'invalidRequest', /no agent "judge"/],
    ['an agent of their own making', 'writer', {}, 'permission', /only use the agents/],
    ['others’ agent as a tool', 'sole', { tools: ['judge'] }, 'permission', /"judge"/],
    ['the same by its tool', 'sole', { tools: ['agent_judge'] }, 'permission', /"agent_judge"/],
    ['another model', 'reader', { modelId: 'openai/gpt-4.1' }, 'permission', /not open to you/],
    ['the default model', 'reader', {}, 'permission', /gpt-4o-mini is not open to you/],
    ['a profile’s model', 'reader', { agent: 'writer' }, 'permission', /not open to you/],
    [
      'a tool for the agent',
      'reader',
      { modelId: 'openai/gpt-4o', tools: ['calculator'] },
      'permission',
      /"calculator"/,
    ],
  ])('%s', async (_, name, args, code, says) => {
    const error = await errorOf(run(name, args))
    expect(error).toMatchObject({ code, message: expect.stringMatching(says) })
    expect(fake.modelRequests).toEqual([])
  })

  test('and may do the rest', async () => {
    expect(await errorOf(run('writer', { agent: 'writer' }))).toBeUndefined()
    expect(await errorOf(run('sole', { tools: ['writer'] }))).toBeUndefined()
    expect(await errorOf(run('reader', { agent: 'judge' }))).toBeUndefined()
    const args = { modelId: 'openai/gpt-4o', tools: ['current_time'] }
    expect(await errorOf(run('reader', args))).toBeUndefined()
  })
})

describe('a principal’s share', () => {
  test('a run too many waits for another to end, and another’s do not count', async () => {
    fake.script({ text: 'Slow', delayMs: 300 })
    const first = run('single')
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    expect(await errorOf(run('single'))).toMatchObject({ code: 'rateLimit', retryable: true })
    expect(await errorOf(run('boss'))).toBeUndefined()
    expect(await errorOf(first)).toBeUndefined()
    expect(await errorOf(run('single'))).toBeUndefined()
  })

  test('USD of a day: runs end at what is left, then none starts until midnight', async () => {
    const usage = { prompt_tokens: 10_000, completion_tokens: 10, total_tokens: 10_010 }
    fake.script({ text: 'Dear', usage })
    expect(await errorOf(run('poor'))).toBeUndefined()
    const error = await errorOf(run('poor'))
    expect(error).toMatchObject({ code: 'budgetExceeded', retryable: false })
    expect(error.hint).toMatch(/00:00 UTC, in \d+ h \d+ min/)
    expect(fake.modelRequests).toHaveLength(1)
    expect(await errorOf(run('boss'))).toBeUndefined()
  })

  test('tokens of a day', async () => {
    const usage = { prompt_tokens: 990, completion_tokens: 20, total_tokens: 1010 }
    fake.script({ text: 'Long', usage })
    expect(await errorOf(run('short'))).toBeUndefined()
    expect(await errorOf(run('short'))).toMatchObject({ code: 'budgetExceeded' })
  })
})

describe('two principals', () => {
  test('have sessions of their own, of the same name', async () => {
    const sessionId = 'same'
    await run('boss', { sessionId, prompt: 'My word is swordfish' })
    await run('single', { sessionId, prompt: 'What is my word?' })
    const [, second] = fake.modelRequests
    expect(JSON.stringify(second?.body)).not.toContain('swordfish')
    await run('boss', { sessionId, prompt: 'What is my word?' })
    expect(JSON.stringify(fake.modelRequests[2]?.body)).toContain('swordfish')
  })
})

test('a fallback is for those who may use its model', async () => {
  const models = () => fake.modelRequests.map(({ body }) => body.model)
  fake.script(errorStep(503), { text: 'In its place' })
  const { structuredContent } = await run('boss')
  expect(structuredContent).toMatchObject({ status: 'completed', text: 'In its place' })
  expect(models()).toEqual(['gpt-4o-mini', 'gpt-4o'])

  fake.reset()
  fake.script(errorStep(503), { text: 'In its place' })
  expect(await errorOf(run('faithful'))).toMatchObject({ code: 'providerError' })
  expect(models()).toEqual(['gpt-4o-mini'])
})
