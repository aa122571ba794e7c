import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { initialize, type Program, startProgram } from '../helpers/program.js'
import { reportTrust } from '../helpers/trust.js'
import { json } from './arbitraries.js'
import { many, runs } from './runs.js'

let stdio: Program
let http: HttpServer
let sent = 0

beforeAll(async () => {
  stdio = startProgram()
  await initialize(stdio)
  http = await startHttp({}, ['--no-auth'])
})
afterAll(async () => {
  await stdio.stop()
  await http.stop()
  reportTrust('properties: JSON-RPC', { properties: 2, runs: runs.total })
})

const method = fc.constantFrom(
  ...['initialize', 'ping', 'tools/list', 'tools/call', 'resources/read', 'prompts/get'],
  ...['completion/complete', 'notifications/cancelled', 'notifications/initialized', 'tasks/get'],
  ...['logging/setLevel', 'server/discover', 'subscriptions/listen', 'no/such', '__proto__', ''],
)
const tool = fc.constantFrom('run_agent', 'structured_extract', 'get_run', 'list_models', 'x')
const params = fc.oneof(
  json,
  fc.record({ name: fc.oneof(tool, json), arguments: json, _meta: json }, { requiredKeys: [] }),
  fc.record({ name: tool, arguments: fc.record({ prompt: json, schema: json, runId: json }) }),
  fc.record({ uri: fc.oneof(fc.constant('litellm-agents://models'), json) }),
)
const message = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, { weight: 1, arbitrary: json }),
    id: fc.oneof(fc.nat(50), json),
    method: fc.oneof({ weight: 9, arbitrary: method }, { weight: 1, arbitrary: json }),
    params,
    result: json,
    error: json,
  },
  { requiredKeys: ['jsonrpc'] },
)
const body = fc.oneof(
  { weight: 8, arbitrary: message.map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: fc.array(message, { maxLength: 3 }).map((all) => JSON.stringify(all)) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
)

test('nothing that stands on a line of stdin ends the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 20 }), async (lines) => {
      for (const line of lines) stdio.child.stdin.write(`${line.replaceAll('\n', ' ')}\n`)
      const id = `alive ${++sent}`
      stdio.send({ id, method: 'ping' })
      expect(await stdio.answer(id)).toMatchObject({ result: {} })
    }),
    many(20, 500),
  )
}, 600_000)

const header = fc.constantFrom('2026-07-28', '2025-11-25', '2024-11-05', 'x')
const visible = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
})
const session = fc.oneof(
  visible,
  visible.map((name) => `5f0c1c9e-1d6e-4a3c-9a53-6f4e9d1a2b3c.forms.${name}`),
)

test('nothing that is posted ends the server, or goes without an answer', async () => {
  await fc.assert(
    fc.asyncProperty(body, header, method, session, async (text, version, name, id) => {
      const reply = await fetch(http.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': version,
          'mcp-session-id': id,
          ...(name && { 'mcp-method': name }),
        },
        body: text,
        signal: AbortSignal.timeout(10_000),
      })
      // A subscription stays open: its head is its answer.
      await reply.body?.cancel()
      expect(reply.status).toBeLessThan(500)
    }),
    many(100, 5_000),
  )
  expect((await fetch(http.url.replace(/\/mcp$/, '/healthz'))).status).toBe(200)
}, 600_000)
