import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Connection, connectHttp, type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type LiteLLMProxy, startLiteLLMProxy } from '../helpers/litellm-proxy.js'
import { environment, program, upstream } from '../helpers/program.js'

let fake: FakeProvider
let server: HttpServer
let gateway: LiteLLMProxy
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  server = await startHttp(upstream(fake))
  gateway = await startLiteLLMProxy({ provider: fake, extraConfig: { mcp_servers: servers() } })
  client = await connectHttp('sdk1', { url: `${gateway.url}/mcp/`, token: gateway.key })
})
afterAll(async () => {
  await client?.close()
  await gateway?.stop()
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

/** The entries of the page, with the addresses, paths and keys of this test in them. */
function servers(): JsonObject {
  const page = readFileSync(new URL('../../docs/litellm-gateway.md', import.meta.url), 'utf8')
  const [overHttp, overStdio] = [...page.matchAll(/^```yml\n([\s\S]*?)^```$/gm)].map(
    ([, code = '']) => parse(code).mcp_servers.agents,
  )
  return {
    agents: { ...overHttp, url: server.url, auth_value: server.token },
    local: {
      ...overStdio,
      command: process.execPath,
      args: [program],
      env: environment(upstream(fake)),
    },
  }
}

describe.each(['agents', 'local'])('%s in the MCP gateway of a LiteLLM Proxy', (name) => {
  test('shows its tools', async () => {
    const { tools } = await client.request('tools/list')
    expect(tools.map((tool: JsonObject) => tool.name)).toEqual(
      expect.arrayContaining([`${name}-run_agent`, `${name}-list_models`]),
    )
  })

  test('runs an agent with a tool', async () => {
    const result = await client.call(`${name}-run_agent`, {
      prompt: 'What is 2+2',
      tools: ['calculator'],
    })
    expect(result.isError).toBeFalsy()
    expect(result.content[0].text).toContain('4')
    expect(result.structuredContent).toMatchObject({ status: 'completed' })
    expect(fake.modelRequests).toHaveLength(2)
  })
})

test('a handle that came through the gateway leads to its run', async () => {
  fake.script({ text: 'Slowly.', delayMs: 1500 })
  const { structuredContent } = await client.call('agents-run_agent', {
    prompt: 'Take your time',
    waitSeconds: 0,
  })
  expect(structuredContent.status).toBe('running')
  const { runId } = structuredContent
  const ended = await client.call('agents-get_run', { runId, waitSeconds: 30 })
  expect(ended.structuredContent).toMatchObject({ status: 'completed', text: 'Slowly.' })
})

test('a server that is started for each request has forgotten its handle', async () => {
  const started = await client.call('local-run_agent', { prompt: 'Hi', waitSeconds: 0 })
  const { runId } = started.structuredContent
  const later = await client.call('local-get_run', { runId })
  expect(later).toMatchObject({ isError: true })
  expect(later.content[0].text).toContain('run')
})

test('a failed run is an error at the client too, and says what to do', async () => {
  const result = await client.call('agents-run_agent', { prompt: 'Hi', modelId: 'groq/some-model' })
  expect(result.isError).toBe(true)
  expect(result.content[0].text).toContain('groq/some-model')
})
