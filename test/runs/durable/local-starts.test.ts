import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { connectHttp, type HttpServer, startHttp } from '../../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'
import { startPostgres, type TestDatabase, type TestPostgres } from '../../helpers/postgres.js'
import { upstream } from '../../helpers/program.js'

const maxConcurrent = 4
let postgres: TestPostgres
let database: TestDatabase
let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  postgres = await startPostgres()
  database = await postgres.database()
  fake = await startFakeProvider()
  const env = {
    ...upstream(fake),
    DATABASE_URL: database.url,
    LITELLM_AGENTS_CONFIG: configFile({ runs: { maxConcurrent } }),
  }
  server = await startHttp(env, ['--no-auth'])
})
afterAll(async () => {
  await server.stop()
  await fake.close()
  await postgres.stop()
})

test('a node starts runs without the queue while it has room, and never works on more than its limit', async () => {
  const client = await connectHttp('2026', server)
  const prompts = Array.from({ length: 3 * maxConcurrent }, (_, index) => `task ${index}`)
  fake.script(...prompts.map((text) => ({ text, delayMs: 3_000 })))
  const start = async (prompt: string): Promise<string> =>
    (await client.call('run_agent', { prompt, waitSeconds: 0 })).structuredContent.runId
  const ids: string[] = []
  for (const prompt of prompts) ids.push(await start(prompt))
  await fake.waitFor(({ modelRequests }) => modelRequests.length === maxConcurrent)
  // The queue is read several times in this time, and has no room.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(fake.modelRequests).toHaveLength(maxConcurrent)
  const workflows = await database.query(
    `SELECT workflow_uuid FROM litellm_agents_dbos.workflow_status
     WHERE queue_name IS NULL AND status = 'PENDING' ORDER BY created_at`,
  )
  const direct = workflows.map(({ workflow_uuid }) => workflow_uuid)
  expect(direct).toEqual(ids.slice(0, maxConcurrent / 2))
  for (const runId of ids) {
    const run = await client.call('get_run', { runId, waitSeconds: 30 })
    expect(run.structuredContent.status).toBe('completed')
  }
  await client.close()
}, 60_000)
