import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectHttp, type HttpServer, startHttp } from '../helpers/connect.js'
import { type CutOff, startCutOff } from '../helpers/cut-off.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { hasPgBouncer, startPgBouncer } from '../helpers/pgbouncer.js'
import { type OwnPostgres, startOwnPostgres, type TestDatabase } from '../helpers/postgres.js'
import { type Environment, upstream } from '../helpers/program.js'

let postgres: OwnPostgres
let fake: FakeProvider
let database: TestDatabase
let servers: HttpServer[]
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  postgres = await startOwnPostgres()
  fake = await startFakeProvider()
})
afterAll(async () => {
  await fake.close()
  await postgres.stop()
})
beforeEach(async () => {
  fake.reset()
  servers = []
  database = await postgres.database()
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  for (const stop of stops.splice(0)) await stop()
})

async function node(url: string, extra: Environment = {}) {
  const server = await startHttp({ ...upstream(fake), DATABASE_URL: url, ...extra }, ['--no-auth'])
  servers.push(server)
  const { call } = await connectHttp('2026', server)
  return {
    server,
    call: async (tool: string, args: JsonObject): Promise<JsonObject> =>
      (await call(tool, args, { timeout: 120_000 })).structuredContent,
    ready: async () => (await fetch(server.url.replace(/mcp$/, 'readyz'))).status,
  }
}

async function cutOff(): Promise<CutOff> {
  const proxy = await startCutOff(database.url)
  stops.push(() => proxy.stop())
  return proxy
}

const calculation = [
  { toolCalls: [{ name: 'calculator', arguments: { expression: '6*7' } }] },
  { text: 'It is 42.', delayMs: 2_000 },
]
const question = { prompt: 'What is 6*7?', tools: ['calculator'] }

test('hardening 5: callers that wait while PostgreSQL restarts get the result of their run', async () => {
  const { call } = await node(database.url)
  fake.script(...Array.from({ length: 5 }, () => ({ text: 'Done', delayMs: 3_000 })))
  const waiting = Array.from({ length: 5 }, () =>
    call('run_agent', { prompt: 'Go', waitSeconds: 60 }),
  )
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 5)
  await postgres.goAway()
  await new Promise((resolve) => setTimeout(resolve, 6_000))
  await postgres.comeBack()
  for (const result of await Promise.all(waiting))
    expect(result).toMatchObject({ status: 'completed', text: 'Done' })
  expect(fake.modelRequests).toHaveLength(5)
}, 120_000)

test('hardening 5: a caller whose time is up while PostgreSQL is away gets the runId of a running run', async () => {
  const { call } = await node(database.url)
  fake.script({ text: 'Done', delayMs: 2_500 })
  const waiting = call('run_agent', { prompt: 'Go', waitSeconds: 5 })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  await postgres.goAway()
  const result = await waiting
  expect(result).toMatchObject({ status: 'running', runId: expect.any(String) })
  expect(result).not.toHaveProperty('error')
  await postgres.comeBack()
  const ended = await call('get_run', { runId: result.runId, waitSeconds: 60 })
  expect(ended).toMatchObject({ status: 'completed', text: 'Done' })
}, 120_000)

test('hardening 6: runs go on after connections to PostgreSQL go silent without an error', async () => {
  const proxy = await cutOff()
  const { call } = await node(proxy.url)
  fake.script(...calculation)
  const { runId } = await call('run_agent', { ...question, waitSeconds: 0 })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
  proxy.swallow()
  const result = await call('get_run', { runId, waitSeconds: 60 })
  expect(result).toMatchObject({ status: 'completed', text: 'It is 42.' })
  const next = await call('run_agent', { prompt: 'And now?', waitSeconds: 60 })
  expect(next.status).toBe('completed')
}, 120_000)

test('hardening 6: /readyz answers 503 while PostgreSQL is silent, and 200 once it answers again', async () => {
  const proxy = await cutOff()
  const { ready } = await node(proxy.url)
  expect(await ready()).toBe(200)
  proxy.swallowAll()
  await expect.poll(ready, { timeout: 10_000 }).toBe(503)
  proxy.recover()
  await expect.poll(ready, { timeout: 20_000 }).toBe(200)
}, 60_000)

test('hardening 13: runs end, and their spending is counted, while PostgreSQL ends statements early', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await node(database.url).then(({ server }) => server.stop())
  await database.query(`ALTER DATABASE ${name} SET statement_timeout = '200ms'`)
  await database.query(`ALTER DATABASE ${name} SET lock_timeout = '150ms'`)
  const { call } = await node(database.url)
  const usage = { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 }
  fake.script(...Array.from({ length: 6 }, () => ({ text: 'Done', usage, delayMs: 500 })))
  const started = await Promise.all(
    Array.from({ length: 6 }, () => call('run_agent', { prompt: 'Go', waitSeconds: 0 })),
  )
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 6)
  // The records of the steps and the ends of the runs wait for this lock longer than they may.
  await database
    .query(
      `DO $$ BEGIN SET LOCAL statement_timeout = 0;
       LOCK TABLE litellm_agents_dbos.operation_outputs, litellm_agents.usage_log IN EXCLUSIVE MODE;
       PERFORM pg_sleep(2); END $$`,
    )
    .catch(() => {})
  for (const { runId } of started) {
    const result = await call('get_run', { runId, waitSeconds: 60 })
    expect(result).toMatchObject({ status: 'completed', usage: { totalTokens: 11 } })
  }
  const [total] = await database.query(
    `SELECT sum(tokens)::int AS tokens FROM (SELECT tokens FROM litellm_agents.spending_log
       UNION ALL SELECT tokens FROM litellm_agents.day_spending) AS spent`,
  )
  expect(total?.tokens).toBe(66)
  expect(fake.modelRequests).toHaveLength(6)
}, 120_000)

test.skipIf(!hasPgBouncer)(
  'hardening 7: PgBouncer in transaction mode serves runs on two nodes, in the schema of this program',
  async () => {
    const pooler = await startPgBouncer(database.url)
    stops.push(() => pooler.stop())
    const [one, other] = await Promise.all([node(pooler.url), node(pooler.url)])
    expect(one.server.stderr() + other.server.stderr()).toContain('DATABASE_URL_DIRECT')
    fake.script(...calculation)
    const { runId } = await one.call('run_agent', { ...question, sessionId: 's', waitSeconds: 0 })
    const result = await other.call('get_run', { runId, waitSeconds: 30 })
    expect(result).toMatchObject({ status: 'completed', text: 'It is 42.' })
    const inPublic = await database.query(
      "SELECT FROM pg_tables WHERE schemaname NOT IN ('litellm_agents', 'litellm_agents_dbos') AND schemaname !~ '^pg_|^information_schema$'",
    )
    expect(inPublic).toHaveLength(0)
    const locks = await database.query("SELECT FROM pg_locks WHERE locktype = 'advisory'")
    expect(locks).toHaveLength(0)
    const third = await node(pooler.url, { DATABASE_URL_DIRECT: database.url })
    expect(third.server.stderr()).not.toContain('DATABASE_URL_DIRECT')
    expect((await third.call('get_run', { runId })).status).toBe('completed')
  },
  120_000,
)
