import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { callTool, send } from '../helpers/http-client.js'
import { upstream } from '../helpers/program.js'
import { reportTrust } from '../helpers/trust.js'

const tokens = { alice: 'alice-0123456789abcdef', bob: 'bob-0123456789abcdef' }
const hostile = fileURLToPath(new URL('hostile-child.mjs', import.meta.url))
const megabyte = 1024 * 1024

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  const LITELLM_AGENTS_CONFIG = configFile({
    http: { principals: { alice: { token: tokens.alice }, bob: { token: tokens.bob } } },
    mcpServers: {
      many: { command: process.execPath, args: [hostile], env: { HOSTILE: 'many' } },
    },
    agents: { worker: { tools: ['many/*'] } },
  })
  server = await startHttp({ ...upstream(fake), LITELLM_AGENTS_CONFIG }, [], 'none')
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

const run = (args: object, name: keyof typeof tokens = 'alice') =>
  callTool({ url: server.url, token: tokens[name] }, 'run_agent', { prompt: 'x', ...args })
const extract = (schema: object) =>
  callTool({ url: server.url, token: tokens.alice }, 'structured_extract', { prompt: 'x', schema })
const properties = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `property${index}`,
      {
        anyOf: [
          { type: 'string', pattern: '^a+b$' },
          { type: 'number', minimum: index },
        ],
      },
    ]),
  )

interface Attack {
  bound: string
  go(): Promise<unknown>
}

const attacks: Record<string, Attack> = {
  'an agent name of 3 MB': {
    bound: '256 characters',
    go: () => run({ agent: 'a'.repeat(3 * megabyte) }),
  },
  '15,000 unknown arguments': {
    bound: '10 are named',
    go: () => run(Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`a${i}`, i]))),
  },
  'arguments of 19,000 elements': {
    bound: '20,000 elements',
    go: () => run({ params: { stop: Array.from({ length: 19_000 }, (_, index) => `${index}`) } }),
  },
  'a schema of 1,500 properties': {
    bound: '256 KB, compiling ends after 3 s, in a worker',
    go: () => extract({ type: 'object', properties: properties(1_500) }),
  },
  'a pattern that backtracks': {
    bound: 'ends after 0.5 s, in a worker',
    go: () => {
      const answer = { name: 'StructuredOutput', arguments: { a: `${'a'.repeat(60)}!` } }
      fake.script(...Array.from({ length: 6 }, () => ({ toolCalls: [answer] })))
      return extract({ type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } })
    },
  },
  'a prompt of 3 MB': {
    bound: 'http.maxBodyBytes',
    go: () => {
      fake.script({ text: 'Hi' })
      return run({ prompt: 'word '.repeat(megabyte * 0.6) })
    },
  },
  'an error body of 900 KB': {
    bound: '1 MiB is read, 600 characters are quoted',
    go: () => {
      const error = { message: 'a'.repeat(900_000), type: 'invalid_request_error' }
      fake.script({ raw: { status: 400, body: { error } } })
      return run({})
    },
  },
  'thoughts without an end': {
    bound: 'linear time',
    go: () => {
      fake.script({ text: '<think>'.repeat(140_000) })
      return run({ outputSchema: { type: 'object', properties: { a: { type: 'string' } } } })
    },
  },
  'an MCP server with 20,000 tools': {
    bound: '128 tools',
    go: () => {
      fake.script({ text: 'Hi' })
      return run({ agent: 'worker' })
    },
  },
}

/** Returns the longest time that a health check took, one after the other, until `work` has ended. */
async function longestWait(work: Promise<unknown>): Promise<number> {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  let longest = 0
  do {
    const start = performance.now()
    expect((await send(new URL('/healthz', server.url))).status).toBe(200)
    longest = Math.max(longest, performance.now() - start)
  } while (!done)
  await ended
  return Math.round(longest)
}

const rows: string[] = []
const numbers: Record<string, number> = {}
afterAll(() =>
  reportTrust('hardening', numbers, [
    '| attack by one caller | bound | longest `/healthz` of another, ms |',
    '|---|---|---|',
    ...rows,
  ]),
)

test('idle', async () => {
  const idle = await longestWait(new Promise((resolve) => setTimeout(resolve, 500)))
  rows.push(`| none | | ${idle} |`)
})

test.each(Object.entries(attacks))(
  'hardening 1: others are served during %s',
  async (name, { bound, go }) => {
    fake.reset()
    const longest = await longestWait(go())
    fake.reset()
    rows.push(`| ${name} | ${bound} | ${longest} |`)
    numbers[name] = longest
    fake.script({ text: 'Hi' })
    expect((await run({}, 'bob')).structuredContent.status).toBe('completed')
  },
)
