import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, send } from '../helpers/http-client.js'
import { isAlive, upstream } from '../helpers/program.js'

const hostile = fileURLToPath(new URL('hostile-child.mjs', import.meta.url))

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())
afterEach(() => server.stop())

async function start(mode: string, more: object = {}): Promise<void> {
  const child = { command: process.execPath, args: [hostile], env: { HOSTILE: mode } }
  const LITELLM_AGENTS_CONFIG = configFile({
    mcpServers: { [mode]: { ...child, ...more } },
    agents: { worker: { tools: [`${mode}/*`] } },
  })
  const env = { ...upstream(fake), LITELLM_AGENTS_CONFIG, LITELLM_AGENTS_LOG_LEVEL: 'warn' }
  server = await startHttp(env, ['--no-auth'])
}

const run = (args: object = {}) =>
  callTool(server, 'run_agent', { prompt: 'Go', agent: 'worker', ...args })

/** Has the agent call the child's tool, and returns the child's process. */
async function childPid(mode: string): Promise<number> {
  fake.script({ toolCalls: [{ name: `${mode}__work`, arguments: {} }] }, { text: 'Done' })
  expect((await run()).structuredContent.status).toBe('completed')
  const told = JSON.stringify(fake.modelRequests.at(-1)?.body)
  const pid = Number(/"(\d{2,})"/.exec(told.slice(told.lastIndexOf('"role":"tool"')))?.[1])
  expect(pid).toBeGreaterThan(1)
  return pid
}

test('hardening 14: a child that ignores everything ends after kill -9 of the server', async () => {
  await start('deaf')
  const pid = await childPid('deaf')
  expect(isAlive(pid)).toBe(true)
  process.kill(server.pid, 'SIGKILL')
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
})

test('hardening 14: a child that floods while nothing is asked of it is ended', async () => {
  await start('flood')
  const pid = await childPid('flood')
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  expect((await send(new URL('/healthz', server.url))).status).toBe(200)
  // The next run starts it again.
  expect(await childPid('flood')).not.toBe(pid)
})

test('hardening 14: of 20,000 tools, a model gets as many as providers take', async () => {
  await start('many', { maxTools: 50 })
  const [result, health] = await Promise.all([run(), send(new URL('/healthz', server.url))])
  expect(health.status).toBe(200)
  expect(result.structuredContent.status).toBe('completed')
  expect(fake.modelRequests.at(-1)?.body.tools).toHaveLength(50)
  expect(JSON.stringify(result._meta)).toContain('19950')
})

test('hardening 14: a child cannot claim more than it could spend', async () => {
  await start('greedy')
  fake.script({ toolCalls: [{ name: 'greedy__work', arguments: {} }] }, { text: 'Done' })
  const limited = await run({ limits: { maxCostUsd: 0.5, maxTotalTokens: 100_000 } })
  expect(limited.structuredContent.costUsd).toBeLessThanOrEqual(0.5)
  fake.script({ toolCalls: [{ name: 'greedy__work', arguments: {} }] }, { text: 'Done' })
  const { structuredContent } = await run()
  expect(structuredContent.status).toBe('completed')
  expect(structuredContent.costUsd).toBeLessThanOrEqual(10_001)
})
