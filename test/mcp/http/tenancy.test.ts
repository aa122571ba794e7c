import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { type HttpServer, startHttp } from '../../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { rpc } from '../../helpers/http-client.js'
import { modernParams, takesTasks } from '../../helpers/modern-params.js'
import { upstream } from '../../helpers/program.js'
import { stdioServer } from '../../helpers/tool-server/index.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }
type Name = keyof typeof tokens

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const principals = { alice: { token: tokens.alice }, bob: { token: tokens.bob } }
  const { command, args } = stdioServer()
  const LITELLM_AGENTS_CONFIG = configFile({
    allow: { tools: ['things/*'] },
    mcpServers: { things: { command, args } },
    http: { principals },
  })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

const ask = async (who: Name, method: string, params: JsonObject) =>
  (await rpc({ url: server.url, token: tokens[who] }, method, params)).message()
const call = async (who: Name, name: string, args: JsonObject = {}) =>
  (await ask(who, 'tools/call', { name, arguments: args })).result.structuredContent
const read = (who: Name, uri: string) => ask(who, 'resources/read', { uri })

/** A run of Alice's that is still in work. */
async function slowRun(): Promise<string> {
  fake.script({ text: 'For Alice', delayMs: 20_000 })
  const args = { prompt: 'Slowly', sessionId: 'hers', waitSeconds: 0 }
  const { runId, status } = await call('alice', 'run_agent', args)
  expect(status).toBe('running')
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  return runId
}

test('a stolen run id opens, stops and shows nothing', async () => {
  const runId = await slowRun()
  for (const name of ['get_run', 'cancel_run']) {
    const { error } = await call('bob', name, {
      runId,
      ...(name === 'get_run' && { waitSeconds: 0 }),
    })
    // To the letter what is said of a run that never was.
    const { error: unknown } = await call('bob', name, { runId: 'never' })
    expect(error).toEqual({ ...unknown, message: unknown.message.replace('never', runId) })
  }
  expect((await read('bob', `litellm-agents://runs/${runId}`)).error).toBeDefined()
  expect((await call('bob', 'list_runs')).runs).toEqual([])

  const hers = await call('alice', 'get_run', { runId, waitSeconds: 0 })
  expect(hers.status).toBe('running')
  expect((await call('alice', 'list_runs')).runs).toHaveLength(1)
  expect((await read('alice', `litellm-agents://runs/${runId}`)).result).toBeDefined()
  expect((await call('alice', 'cancel_run', { runId })).status).toBe('cancelled')
})

test('a stolen task is as good as none', async () => {
  fake.script({ text: 'For Alice', delayMs: 20_000 })
  const as = async (who: Name, method: string, params: JsonObject) => {
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method }
    const name = { 'mcp-name': params.name ?? params.taskId }
    const caller = { url: server.url, token: tokens[who] }
    return (
      await rpc(caller, method, modernParams(params, takesTasks), { ...headers, ...name })
    ).message()
  }
  const args = { prompt: 'Slowly', waitSeconds: 0 }
  const { result } = await as('alice', 'tools/call', { name: 'run_agent', arguments: args })
  const { taskId } = result
  expect(taskId).toBeDefined()
  for (const method of ['tasks/get', 'tasks/cancel'])
    expect((await as('bob', method, { taskId })).error.message).toMatch(/no such task/)
  expect((await as('alice', 'tasks/get', { taskId })).result.status).toBe('working')
  expect((await as('alice', 'tasks/cancel', { taskId })).error).toBeUndefined()
})

test('a long result is kept for whom its run was for', async () => {
  fake.script(
    { toolCalls: [{ name: 'things__huge', arguments: { before: 25_000 } }] },
    { text: 'Done' },
  )
  await call('alice', 'run_agent', { prompt: 'Look it up', tools: ['things/huge'] })
  const sent = JSON.stringify(fake.modelRequests.at(-1)?.body)
  const [uri] = /litellm-agents:\/\/results\/[\w-]+/.exec(sent) ?? []
  expect((await read('alice', uri as string)).result.contents[0].text.length).toBeGreaterThan(
    20_000,
  )
  expect((await read('bob', uri as string)).error).toBeDefined()
})

test('an idempotency key joins only its owner’s run', async () => {
  const args = { prompt: 'Once', idempotencyKey: 'key' }
  const first = await call('alice', 'run_agent', args)
  expect((await call('alice', 'run_agent', args)).runId).toBe(first.runId)
  expect((await call('bob', 'run_agent', args)).runId).not.toBe(first.runId)
})

test('what one has spent is nobody else’s to see', async () => {
  await call('alice', 'run_agent', { prompt: 'Hello' })
  const totals = async (who: Name) => {
    const { result } = await read(who, 'litellm-agents://usage')
    return JSON.parse(result.contents[0].text).totals.reduce(
      (sum: number, { runs }: JsonObject) => sum + runs,
      0,
    )
  }
  const [before, hers] = [await totals('bob'), await totals('alice')]
  await call('alice', 'run_agent', { prompt: 'Hello again' })
  expect(await totals('bob')).toBe(before)
  expect(await totals('alice')).toBe(hers + 1)
})

test('a cancellation reaches only the caller’s own call', async () => {
  fake.script({ text: 'For Alice', delayMs: 500 })
  const session = { 'mcp-session-id': 'guessed' }
  const params = { name: 'run_agent', arguments: { prompt: 'Go on' } }
  const as = (who: Name) => ({ url: server.url, token: tokens[who] })
  const hers = rpc(as('alice'), 'tools/call', params, session)
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  await rpc(as('bob'), 'notifications/cancelled', { requestId: 1 }, session)
  expect((await hers).message().result.structuredContent.text).toBe('For Alice')
})
