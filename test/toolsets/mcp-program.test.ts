import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connect, type Door } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import {
  initialize,
  isAlive,
  messages,
  type Program,
  startProgram,
  testKey,
  upstream,
} from '../helpers/program.js'
import { notes, stdioServer } from '../helpers/tool-server/index.js'

const filesystem = fileURLToPath(
  new URL(
    '../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js',
    import.meta.url,
  ),
)

let fake: FakeProvider
let client: Connection | undefined
let server: Program | undefined

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())
afterEach(async () => {
  await client?.close()
  await server?.stop()
  client = undefined
  server = undefined
})

const env = (config: object, more = {}) => ({
  ...upstream(fake),
  LITELLM_AGENTS_CONFIG: configFile(config),
  ...more,
})

async function open(config: object, door: Door = 'stdio') {
  client = await connect('2026', door, env(config))
  return (args: JsonObject) => (client as Connection).call('run_agent', { prompt: 'Go', ...args })
}

const metricsOf = (result: JsonObject) => result._meta['io.github.litellm-agents-mcp/metrics']
const toolCall = (name: string, args: JsonObject = {}) => ({
  toolCalls: [{ name, arguments: args }],
})
/** What the model was last told by its tools. */
const toolResult = () => fake.modelRequests.at(-1)?.body.messages.at(-1)

test('the filesystem server of npm, without a profile', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'files-')))
  writeFileSync(join(folder, 'a.txt'), 'what is in it')
  const run = await open({
    allow: { tools: ['filesystem/read_*'] },
    mcpServers: { filesystem: { command: process.execPath, args: [filesystem, folder] } },
  })
  fake.script(toolCall('filesystem__read_text_file', { path: join(folder, 'a.txt') }), {
    text: 'done',
  })
  const result = await run({ tools: ['filesystem/read_text_file'] })
  expect(result.content[0].text).toBe('done')
  expect(toolResult()).toMatchObject({
    role: 'tool',
    content: expect.stringContaining('what is in it'),
  })
  const [first] = fake.modelRequests
  expect(first?.body.tools).toHaveLength(1)
  expect(first?.body.tools[0].function.parameters).toMatchObject({ required: ['path'] })
  expect(metricsOf(result).tools).toEqual({
    'filesystem/read_text_file': { calls: 1, errors: 0, totalMs: expect.any(Number) },
  })
  const refused = await run({ tools: ['filesystem/write_file'] })
  expect(refused.structuredContent.error.code).toBe('permission')
})

test.each<Door>(['stdio', 'http'])(
  'a profile, and progress with names for people (%s)',
  async (door) => {
    await open(
      {
        agents: { helper: { tools: ['ts/echo', 'calculator'] } },
        mcpServers: { ts: stdioFile() },
      },
      door,
    )
    fake.script(toolCall('ts__echo', { text: 'hi' }), { text: 'done' })
    const told: string[] = []
    const onprogress = ({ message = '' }: { message?: string | undefined }) =>
      void told.push(message)
    const call = { prompt: 'Go', agent: 'helper' }
    const result = await (client as Connection).call('run_agent', call, { onprogress })
    expect(toolResult()).toMatchObject({ content: 'echo: hi' })
    expect(told).toContain('cycle 1: ts/echo')
    const names = fake.modelRequests[0]?.body.tools.map((tool: JsonObject) => tool.function.name)
    expect(names).toEqual(['calculator', 'ts__echo'])
    expect(result.isError).toBeFalsy()
  },
)

test('the tools stay the same from run to run, and their server is started once', async () => {
  const { env: noted, lines } = notes()
  const run = await open({
    allow: { tools: ['ts/*'] },
    mcpServers: { ts: stdioFile(noted) },
  })
  fake.script({ text: 'one' }, { text: 'two' }, { text: 'three' })
  await Promise.all([run({ tools: ['ts/*'] }), run({ tools: ['ts/*'] })])
  await run({ tools: ['ts/*'] })
  const [first, ...others] = fake.modelRequests.map(({ body }) => JSON.stringify(body.tools))
  expect(others).toEqual([first, first])
  expect(lines()).toHaveLength(1)
})

test('a server that does not start is a notice, and the run goes on', async () => {
  const run = await open({
    allow: { tools: ['*/echo'] },
    mcpServers: { ts: stdioFile(), broken: stdioFile({ TOOL_SERVER_BROKEN: '1' }) },
  })
  fake.script(toolCall('ts__echo', { text: 'hi' }), { text: 'done' })
  const result = await run({ tools: ['*/echo'] })
  expect(result.structuredContent.text).toBe('done')
  expect(metricsOf(result).notices).toEqual([
    expect.stringMatching(/^The tools of the MCP server broken are missing\./),
  ])
})

test('a result too long for the model is kept whole for its principal', async () => {
  const run = await open({
    defaults: { maxToolResultChars: 1000 },
    allow: { tools: ['ts/huge'] },
    mcpServers: { ts: stdioFile() },
  })
  fake.script(toolCall('ts__huge', { before: 5000 }), { text: 'done' })
  await run({ tools: ['ts/huge'] })
  const { content } = toolResult()
  const told = typeof content === 'string' ? content : JSON.stringify(content)
  expect(told.length).toBeLessThan(1300)
  const [uri] = /litellm-agents:\/\/results\/[0-9a-f-]+/.exec(told) ?? []
  const { contents } = await (client as Connection).request('resources/read', { uri })
  expect(contents[0].text).toBe(`${'x'.repeat(5000)}${'😀'.repeat(100)}`)
  await expect(
    (client as Connection).request('resources/read', { uri: `${uri}0` }),
  ).rejects.toThrow()
})

describe('the child', () => {
  /** A program whose run has started the servers, and the ids of these. */
  async function started(servers: JsonObject, more = {}) {
    const { env: noted, lines } = notes()
    for (const entry of Object.values(servers)) Object.assign(entry.env, noted)
    server = startProgram([], env({ allow: { tools: ['*/echo'] }, mcpServers: servers }, more))
    await initialize(server)
    fake.script({ text: 'done' })
    const params = { name: 'run_agent', arguments: { prompt: 'Go', tools: ['*/echo'] } }
    server.send({ id: 1, method: 'tools/call', params })
    await server.answer(1)
    const pids = lines().map((line) => Number(line.replace('start ', '')))
    expect(pids).toHaveLength(Object.keys(servers).length)
    expect(pids.filter(isAlive)).toEqual(pids)
    return { pids, program: server }
  }

  const both = () => ({ ts: stdioFile(), deaf: stdioFile({ TOOL_SERVER_DEAF: '1' }) })

  test('ends with the program at a signal, deaf or not', async () => {
    const { pids, program } = await started(both())
    program.child.kill('SIGTERM')
    expect((await program.exited()).code).toBe(0)
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])
  })

  test('ends with the program at the end of stdin', async () => {
    const { pids, program } = await started(both())
    program.child.stdin.end()
    expect((await program.exited()).code).toBe(0)
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])
  })

  test('ends when the program is killed', async () => {
    const { pids, program } = await started({ ts: stdioFile() })
    program.child.kill('SIGKILL')
    await program.exited()
    await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])
  })

  test('is heard in the log at debug only, without secrets, and never on stdout', async () => {
    const servers = () => ({ ts: stdioFile({ TOOL_SERVER_TOKEN: testKey }) })
    const { program: quiet } = await started(servers())
    expect(quiet.stderr()).not.toContain('a word on stderr')
    await quiet.stop()
    const { program } = await started(servers(), { LITELLM_AGENTS_LOG_LEVEL: 'debug' })
    await program.until('stderr', /MCP server ts: a word on stderr with \[redacted\]/)
    expect(program.stderr()).not.toContain(testKey)
    expect(messages(program.stdout()).every(({ jsonrpc }) => jsonrpc === '2.0')).toBe(true)
  })
})

/** As in a file, where there is no need to say what is usual. */
function stdioFile(own = {}) {
  const { command, args, env } = stdioServer(own)
  return { command, args, env }
}
