import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, send } from '../helpers/http-client.js'
import { upstream } from '../helpers/program.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_CONFIG = configFile({
    http: {
      principals: {
        alice: { token: tokens.alice },
        bob: { token: tokens.bob, allow: { requestsPerMinute: 3 } },
      },
    },
    allow: { modelIds: ['openai/*', 'openai/*claude*sonnet*'] },
  })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

const as = (name: keyof typeof tokens) => ({ url: server.url, token: tokens[name] })
const word = 'a'.repeat(400_000)
const addresses = 'claude'.repeat(60_000)

/** Returns the error of a call, once a health check that was sent with it has been answered too. */
async function refusal(tool: string, args: object) {
  const health = send(new URL('/healthz', server.url))
  const result = await callTool(as('alice'), tool, args)
  expect((await health).status).toBe(200)
  return result.structuredContent.error
}

describe('hardening 1, 12: long names of a caller are refused at once and not repeated', () => {
  test.each([
    ['agent', 'run_agent', { prompt: 'x', agent: word }],
    ['modelId', 'run_agent', { prompt: 'x', modelId: `openai/${addresses}` }],
    ['tools', 'run_agent', { prompt: 'x', tools: [word] }],
    ['a key of params', 'run_agent', { prompt: 'x', params: { [word]: 1 } }],
    ['an argument', 'run_agent', { prompt: 'x', [word]: 1 }],
    ['a key of limits', 'run_agent', { prompt: 'x', limits: { [word]: 1 } }],
    ['a key of a block', 'run_agent', { prompt: [{ [word]: 'x' }] }],
    ['runId', 'get_run', { runId: word }],
    ['sessionId', 'run_agent', { prompt: 'x', sessionId: word }],
    ['idempotencyKey', 'run_agent', { prompt: 'x', idempotencyKey: word }],
  ])('%s', async (_name, tool, args) => {
    const error = await refusal(tool, args)
    expect(['invalidRequest', 'permission']).toContain(error.code)
    expect(error.message.length).toBeLessThan(2_000)
    expect(fake.modelRequests).toHaveLength(0)
  })

  test('15,000 unknown arguments', async () => {
    const names = Array.from({ length: 15_000 }, (_, index) => [`argument${index}`, 1])
    const error = await refusal('run_agent', { prompt: 'x', ...Object.fromEntries(names) })
    expect(error.code).toBe('invalidRequest')
    expect(error.message.length).toBeLessThan(2_000)
  })
})

test("hardening 1: a provider's error message of 400 KB is shortened", async () => {
  const error = { message: word, type: 'invalid_request_error' }
  fake.script({ raw: { status: 400, body: { error } } })
  const told = await refusal('run_agent', { prompt: 'x' })
  expect(told.code).toBe('invalidRequest')
  expect(told.message.length).toBeLessThan(2_000)
})

test('hardening 4e: a batch that is longer than the requests per minute is invalid', async () => {
  const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' })
  const batch = (count: number) =>
    send(server.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.bob}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify(Array.from({ length: count }, (_, index) => ping(index))),
    })
  const refused = await batch(4)
  expect(refused.status).toBe(400)
  expect(refused.json().error.data.code).toBe('invalidRequest')
  // Two of the three requests of this minute are left.
  expect((await batch(3)).status).toBe(429)
  expect((await batch(2)).status).toBe(200)
})
