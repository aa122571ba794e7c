import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Collector, startCollector } from '../helpers/collector.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, rpc } from '../helpers/http-client.js'
import { startPostgres, type TestPostgres } from '../helpers/postgres.js'
import { upstream } from '../helpers/program.js'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const token = 'a-token-for-tests-0123456789'

let postgres: TestPostgres
let fake: FakeProvider
let collector: Collector
const servers: HttpServer[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  fake = await startFakeProvider()
  collector = await startCollector()
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await collector.close()
  await fake.close()
  await postgres.stop()
})

test('a run that moves to another node goes on in its caller’s trace', async () => {
  const { url: DATABASE_URL } = await postgres.database()
  const node = async () => {
    const server = await startHttp({
      ...upstream(fake),
      DATABASE_URL,
      LITELLM_AGENTS_AUTH_TOKEN: token,
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    })
    servers.push(server)
    return server
  }
  const calculation = { name: 'calculator', arguments: { expression: '6*7' } }
  fake.script({ toolCalls: [calculation] }, { text: 'Slow', delayMs: 30_000 }, { text: '42' })
  const one = await node()
  const reply = await rpc(one, 'tools/call', {
    name: 'run_agent',
    arguments: { prompt: 'Go', tools: ['calculator'], waitSeconds: 0 },
    _meta: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  })
  const { runId } = reply.message().result.structuredContent
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
  const other = await node()
  process.kill(one.pid, 'SIGKILL')
  const result = await callTool(other, 'get_run', { runId, waitSeconds: 60 })
  expect(result.structuredContent).toMatchObject({ status: 'completed', text: '42' })

  for (const { headers } of fake.modelRequests) expect(headers.traceparent).toContain(traceId)
  const runs = () => collector.spans().filter(({ name }) => name === 'invoke_agent')
  await expect.poll(() => runs().length).toBe(1)
  expect(runs()[0]?.traceId).toBe(traceId)
  // What the first node had done is on record, and shown once more.
  const calls = collector.spans().filter(({ parentSpanId }) => parentSpanId === runs()[0]?.spanId)
  expect(calls.map(({ name }) => name)).toEqual([
    'chat gpt-4o-mini',
    'execute_tool calculator',
    'chat gpt-4o-mini',
  ])
}, 90_000)
