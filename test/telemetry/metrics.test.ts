import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, send } from '../helpers/http-client.js'
import { startProgram, testKey } from '../helpers/program.js'

let fake: FakeProvider
let server: HttpServer
let port: number
const planted = 'planted-words-0002'

beforeAll(async () => {
  fake = await startFakeProvider({ minCacheTokens: 1 })
  port = await freePort()
  server = await startHttp({ LITELLM_AGENTS_CONFIG: config({ prometheusPort: port }) })
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

const config = (telemetry: object) =>
  configFile({
    clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey, num_retries: 0 } },
    agents: {
      clerk: { description: 'Counts', modelId: 'openai/gpt-4o-mini', tools: ['calculator'] },
    },
    runs: { maxConcurrent: 1 },
    telemetry: { metrics: 'prometheus', ...telemetry },
  })

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const metrics = async () => (await send(`http://127.0.0.1:${port}/metrics`)).body

/** The sum of a metric's samples whose labels all fit. */
async function total(name: string, ...labels: string[]): Promise<number> {
  const lines = (await metrics()).split('\n').filter((line) => line.startsWith(`${name}{`))
  const fitting = lines.filter((line) => labels.every((label) => line.includes(label)))
  return fitting.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

test('Prometheus finds tokens, cost, cache, times and errors', async () => {
  fake.script(
    {
      toolCalls: [{ name: 'calculator', arguments: { expression: '6*7' } }],
      usage: {
        prompt_tokens: 1_000,
        completion_tokens: 50,
        total_tokens: 1_050,
        prompt_tokens_details: { cached_tokens: 400 },
      },
    },
    { text: planted, usage: { prompt_tokens: 2_000, completion_tokens: 10, total_tokens: 2_010 } },
    { raw: { status: 500 } },
  )
  const ok = await callTool(server, 'run_agent', { agent: 'clerk', prompt: planted })
  await callTool(server, 'run_agent', { agent: 'clerk', prompt: planted })

  const model = 'gen_ai_request_model="gpt-4o-mini"'
  expect(await total('gen_ai_client_token_usage_sum', 'gen_ai_token_type="input"', model)).toBe(
    3_000,
  )
  expect(await total('gen_ai_client_token_usage_sum', 'gen_ai_token_type="output"', model)).toBe(60)
  expect(await total('gen_ai_client_inference_usage_cache_read_input_tokens_total', model)).toBe(
    400,
  )
  expect(await total('litellm_agents_cost_total')).toBeCloseTo(ok.structuredContent.costUsd, 10)
  expect(await total('litellm_agents_cache_saved')).toBeGreaterThan(0)
  expect(await total('gen_ai_client_operation_duration_count')).toBe(3)
  expect(await total('gen_ai_client_operation_time_to_first_chunk_count')).toBeGreaterThan(0)
  expect(await total('gen_ai_invoke_agent_duration_count', 'gen_ai_agent_name="clerk"')).toBe(2)
  expect(await total('gen_ai_execute_tool_duration_count', 'calculator')).toBe(1)
  expect(await total('mcp_server_operation_duration_count', 'run_agent')).toBe(2)
  expect(await total('litellm_agents_run_queue_time_count')).toBe(2)
  const failed = ['gen_ai_operation_name="invoke_agent"', 'error_type="providerError"']
  expect(await total('litellm_agents_errors_total', ...failed)).toBe(1)
  expect(await metrics()).not.toContain(planted)
})

test('runs at work and in the queue are counted while they are there', async () => {
  fake.script({ firstChunkDelayMs: 1_500, text: 'Slow' }, { text: 'Next' })
  const runs = [1, 2].map(() => callTool(server, 'run_agent', { agent: 'clerk', prompt: 'Go' }))
  await expect.poll(() => total('litellm_agents_runs_queued')).toBe(1)
  expect(await total('litellm_agents_runs_active')).toBe(1)
  await Promise.all(runs)
  expect(await total('litellm_agents_runs_active')).toBe(0)
})

test('totals of all callers are no caller’s to see: they are not on the port of MCP', async () => {
  const at = new URL('/metrics', server.url)
  const reply = await send(at, { headers: { authorization: `Bearer ${server.token}` } })
  expect(reply.status).toBe(404)
})

test('a port that is taken keeps a server from starting that was told to use it', async () => {
  const second = startProgram(['http', '--port', '0'], {
    LITELLM_AGENTS_CONFIG: config({ prometheusPort: port }),
  })
  expect((await second.exited()).code).toBe(3)
  expect(second.stderr()).toContain(`127.0.0.1:${port} failed (EADDRINUSE)`)

  // The environment may be that of a whole machine.
  const third = startProgram(['http', '--port', '0', '--no-auth'], {
    OTEL_METRICS_EXPORTER: 'prometheus',
    OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
  })
  await third.until('stderr', /telemetry is off/)
  await third.until('stderr', /Listening on/)
  await third.stop()
})
