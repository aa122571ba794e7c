import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectHttp, type HttpServer, startHttp } from '../../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { type OwnPostgres, startOwnPostgres } from '../../helpers/postgres.js'
import { upstream } from '../../helpers/program.js'

let postgres: OwnPostgres
let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  postgres = await startOwnPostgres()
  fake = await startFakeProvider()
  const { url } = await postgres.database()
  server = await startHttp({ ...upstream(fake), DATABASE_URL: url }, ['--no-auth'])
})
afterAll(async () => {
  await server.stop()
  await fake.close()
  await postgres.stop()
})

test('PostgreSQL may go away and come back: runs in flight end, paid once, and the server goes on', async () => {
  const client = await connectHttp('2026', server)
  const call = async (tool: string, args: object): Promise<JsonObject> =>
    (await client.call(tool, { ...args })).structuredContent
  const two = [
    { toolCalls: [{ name: 'calculator', arguments: { expression: '6*7' } }], delayMs: 1_500 },
    { text: 'It is 42.' },
  ]
  fake.script(...two)
  const calculation = { prompt: 'What is 6*7?', tools: ['calculator'], sessionId: 'before' }
  const { runId } = await call('run_agent', { ...calculation, waitSeconds: 0 })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)

  await postgres.goAway()
  // The first model call ends meanwhile, and cannot be recorded.
  await fake.waitFor(({ modelRequests }) => modelRequests[0]?.finishedAt)
  const refused = await call('run_agent', { prompt: 'Hello' })
  expect(refused.error).toMatchObject({ code: 'connection', retryable: true })
  expect((await fetch(server.url.replace(/mcp$/, 'healthz'))).status).toBe(200)
  expect(fake.modelRequests).toHaveLength(1)
  await postgres.comeBack()

  const run = await call('get_run', { runId, waitSeconds: 60 })
  expect(run).toMatchObject({ status: 'completed', text: 'It is 42.' })
  const bills = fake.modelRequests.flatMap(({ billed }) => billed ?? [])
  expect(bills).toHaveLength(2)
  const outputs = bills.reduce((sum, { output }) => sum + output, 0)
  expect(run.usage.outputTokens).toBe(outputs)

  fake.script({ text: 'Never', end: 'hang' })
  const other = await call('run_agent', { prompt: 'Hello', waitSeconds: 0 })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 3)
  expect(await call('cancel_run', { runId: other.runId })).toMatchObject({ status: 'cancelled' })
  const next = await call('run_agent', { prompt: 'And now?', sessionId: 'before' })
  expect(next.status).toBe('completed')
  expect(JSON.stringify(fake.modelRequests.at(-1)?.body.messages)).toContain('It is 42.')
  expect(server.stderr()).not.toContain('unexpectedly')
  expect(server.stderr()).not.toContain('DeprecationWarning')
  await client.close()
}, 90_000)
