import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { callTool, rpc } from '../helpers/http-client.js'
import { modernParams, takesTasks } from '../helpers/modern-params.js'
import { upstream } from '../helpers/program.js'

const tokens = { ann: 'ann-0123456789abcdef', bob: 'bob-0123456789abcdef' }
type Name = keyof typeof tokens

const long = `${'Long. '.repeat(60)}👍`
const unknownId = '2f1e8a90-6a0b-4c1e-9a55-000000000000'

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_CONFIG = configFile({
    runs: { maxTextChars: 361 },
    http: { principals: { ann: { token: tokens.ann }, bob: { token: tokens.bob } } },
  })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

const as = (who: Name) => ({ url: server.url, token: tokens[who] })
const call = (who: Name, tool: string, args: JsonObject = {}) => callTool(as(who), tool, args)
const run = (args: JsonObject = {}) => call('ann', 'run_agent', { prompt: 'Hello', ...args })

async function read(who: Name, uri: string): Promise<JsonObject> {
  const { result, error } = (await rpc(as(who), 'resources/read', { uri })).message()
  return error ?? JSON.parse(result.contents[0].text)
}

/** A run that has said something, spent something and waits for its second model call. */
async function runInWork(args: JsonObject = {}): Promise<string> {
  fake.script(
    { text: 'Let me see.', toolCalls: [{ name: 'calculator', arguments: { expression: '1' } }] },
    { text: 'Never', delayMs: 60_000 },
  )
  const { structuredContent } = await run({ tools: ['calculator'], waitSeconds: 0, ...args })
  expect(structuredContent.status).toBe('running')
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
  return structuredContent.runId
}

describe('a run behind a handle', () => {
  test('says what it said and used so far, and is stopped with what it used', async () => {
    const runId = await runInWork({ sessionId: 'talk' })
    const soFar = await call('ann', 'get_run', { runId, waitSeconds: 0 })
    expect(soFar.structuredContent).toMatchObject({
      status: 'running',
      text: 'Let me see.',
      doing: 'cycle 2',
      sessionId: 'talk',
    })
    expect(soFar.structuredContent.usage.totalTokens).toBeGreaterThan(0)
    expect(soFar._meta['io.github.litellm-agents-mcp/metrics']).toMatchObject({
      cycles: [{ stopReason: 'toolUse' }],
      tools: { calculator: { calls: 1 } },
    })
    const listed = await call('ann', 'list_runs', { status: 'running', sessionId: 'talk' })
    expect(listed.structuredContent.runs).toMatchObject([{ runId, status: 'running' }])

    const since = Date.now()
    const cancelled = await call('ann', 'cancel_run', { runId })
    expect(cancelled.structuredContent).toMatchObject({ status: 'cancelled', runId })
    const { cycles } = cancelled._meta['io.github.litellm-agents-mcp/metrics']
    expect(cycles[0].usage).toMatchObject({
      totalTokens: soFar.structuredContent.usage.totalTokens,
    })
    const { abortedAt } = await fake.waitFor(({ modelRequests }) =>
      modelRequests.find((request) => request.abortedAt !== undefined),
    )
    expect((abortedAt as number) - since).toBeLessThan(1_000)
    const again = await call('ann', 'get_run', { runId })
    expect(again.structuredContent).toEqual(cancelled.structuredContent)
    const none = await call('ann', 'list_runs', { status: 'running', sessionId: 'talk' })
    expect(none.structuredContent.runs).toEqual([])
  })

  test('an extraction too', async () => {
    fake.script({ text: '{"answer": 42}', delayMs: 300 })
    const schema = { type: 'object', properties: { answer: { type: 'integer' } } }
    const args = { prompt: 'Hello', schema, waitSeconds: 0 }
    const { structuredContent } = await call('ann', 'structured_extract', args)
    expect(structuredContent).toMatchObject({ status: 'running', output: null })
    const { runId } = structuredContent
    const result = await call('ann', 'get_run', { runId, waitSeconds: 20 })
    expect(result.structuredContent).toMatchObject({ status: 'completed', output: { answer: 42 } })
    expect(JSON.parse(result.content[0].text)).toEqual({ answer: 42 })
  })

  test('is nobody else’s: foreign and unknown ids are answered alike', async () => {
    const runId = await runInWork()
    for (const tool of ['get_run', 'cancel_run']) {
      const [foreign, unknown] = await Promise.all(
        [runId, unknownId].map((id) => call('bob', tool, { runId: id })),
      )
      expect(foreign?.structuredContent.error).toMatchObject({
        code: 'invalidRequest',
        hint: expect.stringMatching(/list_runs.*24 hours/),
      })
      const words = JSON.stringify(foreign).replaceAll(runId, unknownId)
      expect(words).toBe(JSON.stringify(unknown))
    }
    expect((await call('bob', 'list_runs')).structuredContent.runs).toEqual([])
    expect(await read('bob', `litellm-agents://runs/${runId}`)).toMatchObject({ code: -32602 })
    const mine = await call('ann', 'cancel_run', { runId })
    expect(mine.structuredContent.status).toBe('cancelled')
  })

  test('is a task to those that know of tasks, and to its principal only', async () => {
    const runId = await runInWork()
    const ask = async (who: Name, method: string, taskId: string, tasks = true) => {
      const params = modernParams({ taskId, inputResponses: {} }, tasks ? takesTasks : {})
      const headers = {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        'mcp-name': taskId,
      }
      return (await rpc(as(who), method, params, headers)).message()
    }
    const methods = ['tasks/get', 'tasks/update', 'tasks/cancel']
    for (const method of methods) {
      expect((await ask('bob', method, runId)).error.code).toBe(-32602)
      expect((await ask('ann', method, unknownId)).error.code).toBe(-32602)
      expect((await ask('ann', method, runId, false)).error).toMatchObject({
        code: -32021,
        data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
      })
    }
    for (const method of ['tasks/list', 'tasks/result'])
      expect((await ask('ann', method, runId)).error.code).toBe(-32601)
    expect((await ask('ann', 'tasks/get', runId)).result).toMatchObject({
      status: 'working',
      statusMessage: 'cycle 2',
    })
    const { _meta, ...acknowledged } = (await ask('ann', 'tasks/cancel', runId)).result
    expect(acknowledged).toEqual({ resultType: 'complete' })
    const { result } = await ask('ann', 'tasks/get', runId)
    expect(result).toMatchObject({ taskId: runId, status: 'cancelled' })
    expect(result).not.toHaveProperty('result')
  })
})

describe('an idempotency key', () => {
  test('joins the run that a lost call has started', async () => {
    fake.script({ text: 'Once', delayMs: 1_000 })
    const args = { prompt: 'Hello', idempotencyKey: 'one' }
    const lost = fetch(server.url, {
      method: 'POST',
      signal: AbortSignal.timeout(300),
      headers: {
        authorization: `Bearer ${tokens.ann}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'run_agent', arguments: args },
      }),
    }).then((response) => response.text())
    await expect(lost).rejects.toThrow()
    const result = await run({ idempotencyKey: 'one', waitSeconds: 20 })
    expect(result.structuredContent).toMatchObject({ status: 'completed', text: 'Once' })
    const again = await run({ waitSeconds: 5, idempotencyKey: 'one' })
    expect(again.structuredContent).toEqual(result.structuredContent)
    expect(fake.modelRequests).toHaveLength(1)
  })

  test('stands for the same arguments, in whatever order', async () => {
    const same = { limits: { maxCycles: 2, maxToolCalls: 3 }, idempotencyKey: 'two' }
    const first = await run(same)
    const turned = { idempotencyKey: 'two', limits: { maxToolCalls: 3, maxCycles: 2 } }
    expect((await run(turned)).structuredContent.runId).toBe(first.structuredContent.runId)
    const other = await run({ ...same, prompt: 'Something else' })
    expect(other.structuredContent.error).toMatchObject({ code: 'invalidRequest' })
    const bobs = await call('bob', 'run_agent', { prompt: 'Hello', idempotencyKey: 'two' })
    expect(bobs.structuredContent.status).toBe('completed')
  })

  test('starts anew after a cancel', async () => {
    const runId = await runInWork({ idempotencyKey: 'three' })
    await call('ann', 'cancel_run', { runId })
    const anew = await run({ idempotencyKey: 'three' })
    expect(anew.structuredContent.status).toBe('completed')
    expect(anew.structuredContent.runId).not.toBe(runId)
  })
})

describe('resources', () => {
  test('a long answer is cut between characters, and links to the whole run', async () => {
    fake.script({ text: long })
    const { content, structuredContent } = await run()
    expect(structuredContent.text).toBe(long.slice(0, 360))
    expect(content[0].text).toBe(structuredContent.text)
    const link = content.find(({ type }: JsonObject) => type === 'resource_link')
    expect(link.uri).toBe(`litellm-agents://runs/${structuredContent.runId}`)
    expect(await read('ann', link.uri)).toMatchObject({
      status: 'completed',
      text: long,
      messages: [
        { role: 'user', content: [{ text: 'Hello' }] },
        { role: 'assistant', content: [{ text: long }] },
      ],
    })
  })

  test('what was used, by model, agent and day, for its principal alone', async () => {
    const before = await read('bob', 'litellm-agents://usage')
    const spent = await call('bob', 'run_agent', { prompt: 'Hello' })
    const { totals } = await read('bob', 'litellm-agents://usage')
    const [old] = before.totals
    expect(totals).toHaveLength(1)
    expect(totals[0]).toMatchObject({
      modelId: 'openai/gpt-4o-mini',
      agent: '',
      runs: (old?.runs ?? 0) + 1,
    })
    expect(totals[0].day).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(totals[0].usage.totalTokens - (old?.usage.totalTokens ?? 0)).toBe(
      spent.structuredContent.usage.totalTokens,
    )
  })
})

test('a result goes when its time is over', async () => {
  const LITELLM_AGENTS_CONFIG = configFile({ runs: { resultTtlSeconds: 1 } })
  const short = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG })
  const { structuredContent } = await callTool(short, 'run_agent', { prompt: 'Hello' })
  const { runId } = structuredContent
  const get = async () => (await callTool(short, 'get_run', { runId })).structuredContent
  expect((await get()).status).toBe('completed')
  await expect.poll(async () => (await get()).error?.hint, { timeout: 5_000 }).toContain('1 second')
  await short.stop()
})
