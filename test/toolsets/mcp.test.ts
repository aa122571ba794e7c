import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Tool } from '../../src/agent/tools/tool.js'
import type { McpServerConfig } from '../../src/config/mcp-servers.js'
import { McpToolsets } from '../../src/toolsets/mcp/toolsets.js'
import type { JsonObject } from '../../src/util/json.js'
import { isAlive } from '../helpers/program.js'
import { notes, startHttpServer, stdioServer } from '../helpers/tool-server/index.js'

const open: McpToolsets[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((toolsets) => toolsets.close()))
})

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 })

const forever = new AbortController().signal

function use(servers: Record<string, McpServerConfig>, options = {}) {
  const log: string[] = []
  const toolsets = new McpToolsets(new Map(Object.entries(servers)), {
    version: '0',
    ...options,
    log: { debug: (line) => log.push(line), warn: (line) => log.push(line) },
  })
  open.push(toolsets)
  const find = (patterns: string[], more = {}) =>
    toolsets.tools(patterns, { signal: forever, maxChars: 20_000, ...more })
  const call = async (name: string, input: JsonObject = {}, more = {}, signal = forever) => {
    const { tools } = await find([name], more)
    return run(tools, name, input, signal)
  }
  return { toolsets, find, call, log }
}

async function run(tools: Tool[], name: string, input: JsonObject = {}, signal = forever) {
  const tool = tools.find(({ displayName }) => displayName === name)
  if (!tool) throw new Error(`no ${name} among ${names(tools)}`)
  return tool.run(input, { toolUseId: '1', signal })
}

const names = (tools: readonly Tool[]) => tools.map(({ displayName }) => displayName)

type Env = Record<string, string>
const inEra = (era: string, env: Env) => ({ ...env, TOOL_SERVER_ERA: era })
const everyKind: [string, (env?: Env) => Promise<McpServerConfig>][] = [
  ['stdio, both eras', async (env = {}) => stdioServer(env)],
  ['stdio, 2025', async (env = {}) => stdioServer(inEra('legacy', env))],
  ['stdio, 2025 and strict', async (env = {}) => stdioServer(inEra('strict', env))],
  ['HTTP, both eras', (env = {}) => overHttp(env)],
  ['HTTP, 2025 with sessions', (env = {}) => overHttp(inEra('legacy', env))],
  ['HTTP, 2024', (env = {}) => overHttp(inEra('sse', env))],
]

async function overHttp(env: Env = {}): Promise<McpServerConfig> {
  const server = await startHttpServer(env)
  onTestFinished(server.stop)
  return { ...server.config, type: env.TOOL_SERVER_ERA === 'sse' ? 'sse' : 'http' }
}

describe.each(everyKind)('%s', (_, server) => {
  test('every page of tools, in order, and a call', async () => {
    const { find } = use({ ts: await server() })
    const { tools, problems } = await find(['ts/*'])
    expect(problems).toEqual([])
    expect(names(tools)).toEqual(names(tools).toSorted())
    expect(tools).toHaveLength(14)
    expect(await run(tools, 'ts/echo', { text: 'hi' })).toEqual([{ text: 'echo: hi' }])
    await expect(run(tools, 'ts/echo', { text: 1 })).rejects.toThrow('text is required')
  })

  test('a changed list is there for the next run', async () => {
    const { call, find } = use({ ts: await server() })
    expect(names((await find(['ts/gr*'])).tools)).toEqual(['ts/grow'])
    await call('ts/grow')
    await eventually(async () => names((await find(['ts/gr*'])).tools)).toContain('ts/grown')
  })

  test('a cancelled call is cancelled at the server', async () => {
    const { env, lines } = notes()
    const { call } = use({ ts: await server(env) })
    const controller = new AbortController()
    const called = call('ts/hang', {}, {}, controller.signal)
    await eventually(lines).toContain('call hang')
    controller.abort()
    await expect(called).rejects.toThrow()
    await eventually(lines).toContain('hang cancelled')
  })
})

test('names for people and names for providers', async () => {
  const { find } = use({ ts: stdioServer(), 'my server': stdioServer(), a__b: stdioServer() })
  const { tools } = await find(['*/echo', '*/files.read/all'])
  const shown = tools.map(({ displayName, spec }) => [displayName, spec.name])
  expect(shown).toEqual([
    ['a__b/echo', expect.stringMatching(/^a__b__echo_[0-9a-f]{8}$/)],
    ['a__b/files.read/all', expect.stringMatching(/^a__b__files_read_all_[0-9a-f]{8}$/)],
    ['my server/echo', expect.stringMatching(/^my_server__echo_[0-9a-f]{8}$/)],
    ['my server/files.read/all', expect.stringMatching(/^my_server__files_read_all_/)],
    ['ts/echo', 'ts__echo'],
    ['ts/files.read/all', 'ts__files_read_all_cd6ed533'],
  ])
})

test('a tool is described by what its server says, and its schema goes on as it is', async () => {
  const { find } = use({ ts: stdioServer() })
  const { tools } = await find(['ts/echo', 'ts/count', 'ts/crash'])
  expect(tools.map(({ spec }) => spec.description)).toEqual([
    'Count up',
    'ts/crash',
    'Says it back',
  ])
  expect(tools[2]?.spec.inputSchema).toEqual({
    type: 'object',
    properties: { text: { type: 'string' } },
  })
  expect(tools.every(({ validate }) => validate === undefined)).toBe(true)
})

test('only what the operator admits', async () => {
  const { find } = use({
    some: stdioServer({}, { tools: ['e*', 'zeta'] }),
    reading: stdioServer({}, { readOnly: true }),
    none: stdioServer({}, { tools: [] }),
  })
  expect(names((await find(['some/*'])).tools)).toEqual([
    'some/echo',
    'some/environment',
    'some/every_type',
    'some/zeta',
  ])
  expect(names((await find(['reading/*'])).tools)).toEqual(['reading/echo', 'reading/zeta'])
  const reading = await find(['some/*'], { readOnly: true })
  expect(names(reading.tools)).toEqual(['some/echo', 'some/zeta'])
  const { tools, problems } = await find(['none/echo', 'reading/crash'])
  expect(tools).toEqual([])
  expect(problems).toEqual([
    'No tool of an MCP server fits none/echo; it offers: none.',
    'No tool of an MCP server fits reading/crash; it offers: echo, zeta.',
  ])
})

test('servers that no pattern means are not started', async () => {
  const used = notes()
  const unused = notes()
  const { find } = use({ used: stdioServer(used.env), unused: stdioServer(unused.env) })
  await Promise.all([find(['used/echo']), find(['us*/*']), find(['used/count'])])
  expect(used.lines()).toHaveLength(1)
  expect(unused.lines()).toEqual([])
})

test('a pattern that means no server is a mistake of the configuration', async () => {
  const { find } = use({ ts: stdioServer() })
  await expect(find(['other/echo'])).rejects.toMatchObject({ code: 'configuration' })
})

test('a child has PATH, HOME and its own environment, and nothing else of ours', async () => {
  process.env.OPENAI_API_KEY = 'sk-ours'
  onTestFinished(() => {
    delete process.env.OPENAI_API_KEY
  })
  const { call } = use({ ts: { ...stdioServer({ OWN: '1' }), cwd: '/' } })
  const [{ text }] = (await call('ts/environment')) as [{ text: string }]
  const { env, cwd } = JSON.parse(text)
  const allowed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TMPDIR', 'TZ', 'OWN']
  expect(Object.keys(env).filter((name) => !allowed.includes(name))).toEqual([])
  expect(env).toMatchObject({ OWN: '1', PATH: process.env.PATH })
  expect(cwd).toBe('/')
})

test('every type of content', async () => {
  const { call } = use({ ts: stdioServer() })
  const bytes = Buffer.from('png').toString('base64')
  expect(await call('ts/every_type')).toEqual([
    { text: 'a text' },
    { image: { format: 'png', source: { bytes } } },
    { text: '[An image of type image/tiff, 3 bytes, is not shown.]' },
    { text: '[A recording of type audio/wav, 3 bytes, is not shown.]' },
    { text: '[Link to a resource: file:///notes.txt (notes, My notes, text/plain)]' },
    { text: '[file:///a.txt]\ninside' },
    { image: { format: 'png', source: { bytes } } },
    { document: { format: 'pdf', name: 'document', source: { bytes } } },
    { text: 'png' },
    {
      text: '[The resource file:///a.zip of type application/zip, 3 bytes, is not shown.]',
    },
  ])
  expect(await call('ts/structured')).toEqual([{ json: { n: 1 } }])
  await expect(call('ts/fail')).rejects.toThrow(/^no such file$/)
})

test.each([
  { before: 99, kept: 101 },
  { before: 100, kept: 100 },
  { before: 101, kept: 101 },
])('after $before characters, emoji are cut at $kept, never in half', async ({ before, kept }) => {
  const { call } = use({ ts: stdioServer() })
  const whole: string[] = []
  const keepWhole = (text: string) => `kept://${whole.push(text)}`
  const output = await call('ts/huge', { before }, { maxChars: 101, keepWhole })
  const full = `${'x'.repeat(before)}${'😀'.repeat(100)}`
  expect(output).toEqual([
    { text: full.slice(0, kept) },
    {
      text: `[Cut: this is the start of a result of ${full.length} characters. People can read the whole result at kept://1. Ask for less, or for another part.]`,
    },
  ])
  expect(whole).toEqual([full])
})

test('a crash in a call is told, and the next call finds a new server', async () => {
  const { env, lines } = notes()
  const { find, log } = use({ ts: stdioServer(env) })
  const { tools } = await find(['ts/*'])
  await expect(run(tools, 'ts/crash')).rejects.toThrow(/ended during the call/)
  expect(await run(tools, 'ts/echo', { text: 'again' })).toEqual([{ text: 'echo: again' }])
  expect(lines().filter((line) => line === 'call crash')).toHaveLength(1)
  expect(log).toContain('MCP server ts: The server ended.')
})

test('a call that may be repeated is, once', async () => {
  const { env, lines } = notes()
  const { call } = use({ ts: stdioServer(env) })
  expect(await call('ts/crash_once')).toEqual([{ text: 'survived' }])
  expect(lines().filter((line) => line === 'call crash_once')).toHaveLength(2)
})

test.each(['both', 'legacy'])(
  'an HTTP server (%s) that was started anew is found again',
  async (era) => {
    const first = await startHttpServer({ TOOL_SERVER_ERA: era })
    const { find } = use({ ts: first.config })
    const { tools } = await find(['ts/*'])
    await first.stop()
    await expect(run(tools, 'ts/count')).rejects.toThrow(/ts\/count/)
    const second = await startHttpServer({ TOOL_SERVER_ERA: era, TOOL_SERVER_PORT: first.port })
    onTestFinished(second.stop)
    await eventually(() => run(tools, 'ts/count').catch(String)).toEqual([
      { text: 'count was called' },
    ])
  },
)

test('a server that does not start leaves the others alone, and is not started again at once', async () => {
  const { env, lines } = notes()
  const { find } = use({
    broken: stdioServer({ TOOL_SERVER_BROKEN: '1', ...env }),
    missing: { command: '/nonexistent/server', args: [], env: {}, readOnly: false },
    ts: stdioServer(),
  })
  const { tools, problems } = await find(['*/echo'])
  expect(names(tools)).toEqual(['ts/echo'])
  expect(problems).toEqual([
    expect.stringMatching(
      /^The tools of the MCP server broken are missing\. The server could not be started/,
    ),
    expect.stringMatching(
      /MCP server missing are missing\. The server could not be started: .*ENOENT/,
    ),
  ])
  for (let i = 0; i < 5; i++) await find(['broken/*'])
  expect((await find(['broken/*'])).problems[0]).toMatch(
    /next start is in \d+ seconds at the earliest/,
  )
  expect(lines().length).toBeLessThanOrEqual(4)
})

test('a wrong key is told', async () => {
  const { find } = use({ ts: { ...(await overHttp()), headers: {} } as McpServerConfig })
  expect((await find(['ts/*'])).problems[0]).toMatch(/could not be started.*401/)
})

test('a call that takes too long is given up', async () => {
  const { env, lines } = notes()
  const { call } = use({ ts: stdioServer(env, { timeoutSeconds: 0.2 }) })
  await expect(call('ts/hang')).rejects.toThrow('ts/hang did not answer within 0.2 seconds.')
  await eventually(lines).toContain('hang cancelled')
})

test('no child outlives the toolsets, nor what it started', async () => {
  const { call, toolsets } = use({
    ts: stdioServer(),
    deaf: stdioServer({ TOOL_SERVER_DEAF: '1' }),
  })
  const pidOf = async (name: string) => {
    const [{ text }] = (await call(`${name}/environment`)) as [{ text: string }]
    return JSON.parse(text).pid as number
  }
  const [{ text: helper }] = (await call('ts/helper')) as [{ text: string }]
  const pids = [await pidOf('ts'), await pidOf('deaf'), Number(helper)]
  expect(pids.map(isAlive)).toEqual([true, true, true])
  await toolsets.close()
  await eventually(() => pids.map(isAlive)).toEqual([false, false, false])
})

test('a new configuration keeps servers that it does not change, and the others while they are used', async () => {
  const [kept, changed] = [notes(), notes()]
  const { find, toolsets } = use(
    { kept: stdioServer(kept.env), changed: stdioServer(changed.env) },
    { lingerMs: 1_000 },
  )
  const { tools } = await find(['*/echo'])
  toolsets.update(
    new Map([
      ['kept', stdioServer(kept.env)],
      ['changed', stdioServer({ ...changed.env, NEW: '1' })],
    ]),
  )
  await find(['*/echo'])
  expect(await run(tools, 'changed/echo', { text: 'old' })).toEqual([{ text: 'echo: old' }])
  const started = ({ lines }: typeof kept) =>
    lines().flatMap((line) => (line.startsWith('start ') ? [Number(line.slice(6))] : []))
  expect(started(kept)).toHaveLength(1)
  expect(started(changed)).toHaveLength(2)
  const [old, now] = started(changed) as [number, number]
  await eventually(() => isAlive(old)).toBe(false)
  expect([now, ...started(kept)].map(isAlive)).toEqual([true, true])
})
