import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { environment, program, upstream } from '../helpers/program.js'
import { runPython } from '../helpers/python.js'

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  server = await startHttp(upstream(fake))
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

const clients = ['mcp', 'strands'].flatMap((client) =>
  ['stdio', 'http'].map((door) => ({ client, door })),
)

test.each(clients)('Python $client calls run_agent over $door', async ({ client, door }) => {
  const answer = (await runPython('mcp_clients.py', {
    client,
    door,
    command: process.execPath,
    args: [program],
    env: environment(upstream(fake)),
    url: server.url,
    token: server.token,
  })) as JsonObject
  expect(answer.is_error).toBe(false)
  expect(answer.tools).toEqual(
    expect.arrayContaining(['run_agent', 'structured_extract', 'list_models']),
  )
  expect(answer.text).toContain('4')
  expect(answer.structured).toMatchObject({ status: 'completed', text: answer.text })
  expect(fake.modelRequests).toHaveLength(2)
  if (client !== 'mcp') return
  expect(answer.meta['io.github.litellm-agents-mcp/usage'].inputTokens).toBeGreaterThan(0)
  expect(answer.progress.length).toBeGreaterThan(2)
})
