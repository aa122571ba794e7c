import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Connection,
  clientKinds,
  connectHttp,
  connectStdio,
  type Door,
  type HttpServer,
  startHttp,
} from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type Environment, environment, program, upstream } from '../helpers/program.js'
import { runPython } from '../helpers/python.js'
import { reportTrust } from '../helpers/trust.js'
import { clientTable } from './client-table.js'
import { everyTool, type Used } from './every-tool.js'
import { packageVersion, requirementVersion } from './versions.js'

/* Each client lists the tools and calls every one of them, over both transports. */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const here = join(root, 'test/clients')
const installed = join(here, 'node_modules')
const version = (name: string) => packageVersion(here, name)
const doors: readonly Door[] = ['stdio', 'http']
const table = clientTable()
let fake: FakeProvider
let server: HttpServer
let node24: string
let home: string

beforeAll(async () => {
  const script = fileURLToPath(new URL('../../scripts/node24.sh', import.meta.url))
  node24 = (await run('bash', [script])).stdout.trim()
  home = await mkdtemp(join(tmpdir(), 'clients-'))
  fake = await startFakeProvider()
  server = await startHttp(upstream(fake))
})
afterAll(async () => {
  await server.stop()
  await fake.close()
  await rm(home, { recursive: true, force: true })
  reportTrust('clients', { clients: table.size(), tools: names().length }, table.rows())
})
beforeEach(() => fake.reset())

const both = <T>(clients: readonly T[]) =>
  clients.flatMap((client) => doors.map((door) => ({ client, door })))

const sdks = {
  '2026': { title: 'TypeScript SDK 2.x, revision 2026', package: '@modelcontextprotocol/client' },
  '2025': { title: 'TypeScript SDK 2.x, revision 2025', package: '@modelcontextprotocol/client' },
  sdk1: { title: 'TypeScript SDK 1.x', package: '@modelcontextprotocol/sdk' },
}

test.each(both(clientKinds))(
  'the TypeScript client $client calls every tool over $door',
  async ({ client, door }) => {
    const connection =
      door === 'http' ? connectHttp(client, server) : connectStdio(client, upstream(fake))
    const { title, package: name } = sdks[client]
    holds(title, packageVersion(root, name), door, await used(await connection))
  },
)

const testLock = join(root, 'test/python/requirements.txt')
const mcp2Lock = join(here, 'stacks/python-mcp2/requirements.txt')
const pythons = [
  { name: 'mcp1', title: 'Python mcp 1.x', package: 'mcp', environment: 'test', lock: testLock },
  {
    name: 'strands',
    title: 'Strands Agents (Python), its MCP client',
    package: 'strands-agents',
    environment: 'test',
    lock: testLock,
  },
  { name: 'mcp2', title: 'Python mcp 2.x', package: 'mcp', environment: 'mcp2', lock: mcp2Lock },
  { name: 'fastmcp', title: 'FastMCP', package: 'fastmcp', environment: 'mcp2', lock: mcp2Lock },
] as const

test.each(both(pythons))(
  'the Python client $client.name calls every tool over $door',
  async ({ client, door }) => {
    const spec = {
      client: client.name,
      door,
      command: process.execPath,
      args: [program],
      env: environment(upstream(fake)),
      url: server.url,
      token: server.token,
      calls: everyTool(client.name),
    }
    const answer = (await runPython('every_tool.py', spec, client.environment)) as Used
    holds(client.title, requirementVersion(client.lock, client.package), door, answer)
    if (client.name !== 'strands') expect(answer.progress).toBeGreaterThan(2)
  },
)

describe('through a bridge, a client calls every tool', () => {
  test('mcp-remote: from stdio to our HTTP', async () => {
    const header = `Authorization: Bearer ${server.token}`
    const args = [server.url, '--transport', 'http-only', '--header', header]
    const env = { MCP_REMOTE_CONFIG_DIR: home }
    const bridge = join(installed, 'mcp-remote/dist/proxy.js')
    holds(
      'mcp-remote',
      version('mcp-remote'),
      'http',
      await used(await connectStdio('2025', env, args, bridge)),
    )
  })

  test('mcp-proxy: from HTTP to our stdio', async () => {
    const port = await freePort()
    const bridge = join(installed, '.bin/mcp-proxy')
    const own = ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--']
    const child = spawn(node24, [bridge, ...own, process.execPath, program], {
      env: environment(upstream(fake)),
      stdio: 'ignore',
    })
    const ended = once(child, 'close')
    try {
      const url = `http://127.0.0.1:${port}/mcp`
      await listening(url)
      const answer = await used(await connectHttp('2025', { url, token: '' }))
      holds('mcp-proxy', version('mcp-proxy'), 'stdio', answer)
    } finally {
      child.kill()
      await ended
    }
  })
})

describe('the inspector with --strict lists the tools and runs an agent', () => {
  const eras = ['legacy', 'modern']
  const cases = doors.flatMap((door) => eras.map((era) => ({ door, era })))

  test.each(cases)('in the $era era over $door', async ({ door, era }) => {
    const cli = join(installed, '.bin/mcp-inspector')
    const target =
      door === 'stdio'
        ? [process.execPath, program, ...variables(upstream(fake))]
        : [server.url, '--transport', 'http', '--header', `Authorization: Bearer ${server.token}`]
    const inspect = async (...what: string[]) => {
      const args = [cli, '--cli', ...target, '--protocol-era', era, ...what]
      const env = environment({ HOME: home })
      return JSON.parse((await run(node24, args, { env, timeout: 60_000 })).stdout)
    }
    const { tools } = await inspect('--method', 'tools/list', '--strict')
    expect(tools.map(({ name }: { name: string }) => name).sort()).toEqual(names())
    const call = ['--method', 'tools/call', '--tool-name', 'run_agent']
    const answer = await inspect(...call, '--tool-arg', 'prompt=What is 2+2')
    expect(answer.structuredContent.status).toBe('completed')
    const name = `MCP Inspector --strict, ${era} era`
    table.add(
      name,
      version('@modelcontextprotocol/inspector'),
      door,
      'listed all tools, called one',
    )
  })
})

async function used(connection: Connection): Promise<Used> {
  try {
    const { tools } = await connection.request('tools/list')
    const answer: Used = {
      tools: tools.map(({ name }: { name: string }) => name),
      results: [],
      progress: 0,
    }
    let runId = ''
    for (const { tool, arguments: args } of everyTool('typescript')) {
      const told = args.runId === undefined ? args : { ...args, runId }
      const { structuredContent = null, isError = false } = await connection.call(tool, told)
      runId = structuredContent?.runId ?? runId
      answer.results.push({ structured: structuredContent, is_error: isError })
    }
    return answer
  } finally {
    await connection.close()
  }
}

function holds(client: string, version: string, door: Door, { tools, results }: Used): void {
  expect([...tools].sort()).toEqual(names())
  expect(results.map(({ is_error }) => is_error ?? false)).toEqual(results.map(() => false))
  expect(results).toHaveLength(names().length)
  expect(results[2]?.structured).toMatchObject({
    status: 'completed',
    text: expect.stringContaining('4'),
  })
  table.add(client, version, door, `called all ${results.length} tools`)
}

/** Returns arguments for the inspector, which passes on nothing of its own environment. */
function variables(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
}

function names(): string[] {
  return everyTool('')
    .map(({ tool }) => tool)
    .sort()
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

async function listening(url: string): Promise<void> {
  const deadline = AbortSignal.timeout(20_000)
  while (!deadline.aborted) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Nothing listens at ${url}`)
}
