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
import { everyTool, type Used } from './every-tool.js'

/* Each client lists the tools and calls every one of them, at both doors. */

const run = promisify(execFile)
const installed = fileURLToPath(new URL('node_modules', import.meta.url))
const doors: readonly Door[] = ['stdio', 'http']
/** Which client got through which door, for docs/reliability.md. */
const done: string[] = []
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
  reportTrust('clients', { clientsAtDoors: done.length, tools: names().length }, [
    '| Client | Door | Tools called |',
    '|---|---|---|',
    ...done,
  ])
})
beforeEach(() => fake.reset())

const both = <T>(clients: readonly T[]) =>
  clients.flatMap((client) => doors.map((door) => ({ client, door })))

test.each(both(clientKinds))('TypeScript $client over $door', async ({ client, door }) => {
  const connection =
    door === 'http' ? connectHttp(client, server) : connectStdio(client, upstream(fake))
  holds(`TypeScript ${client}`, door, await used(await connection))
})

const pythons = [
  { name: 'mcp1', environment: 'test' },
  { name: 'strands', environment: 'test' },
  { name: 'mcp2', environment: 'clients' },
  { name: 'fastmcp', environment: 'clients' },
] as const

test.each(both(pythons))('Python $client.name over $door', async ({ client, door }) => {
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
  holds(`Python ${client.name}`, door, answer)
  if (client.name !== 'strands') expect(answer.progress).toBeGreaterThan(2)
})

describe('bridges', () => {
  test('mcp-remote: a client over stdio, the server over HTTP', async () => {
    const header = `Authorization: Bearer ${server.token}`
    const args = [server.url, '--transport', 'http-only', '--header', header]
    const env = { MCP_REMOTE_CONFIG_DIR: home }
    const bridge = join(installed, 'mcp-remote/dist/proxy.js')
    holds('mcp-remote', 'http', await used(await connectStdio('2025', env, args, bridge)))
  })

  test('mcp-proxy: clients over HTTP, the server over stdio', async () => {
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
      holds('mcp-proxy', 'stdio', await used(await connectHttp('2025', { url, token: '' })))
    } finally {
      child.kill()
      await ended
    }
  })
})

describe('the inspector, strictly', () => {
  const eras = ['legacy', 'modern']
  const cases = doors.flatMap((door) => eras.map((era) => ({ door, era })))

  test.each(cases)('$era over $door', async ({ door, era }) => {
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
    done.push(`| inspector --strict, ${era} | ${door} | all listed, 1 called |`)
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

function holds(client: string, door: Door, { tools, results }: Used): void {
  expect([...tools].sort()).toEqual(names())
  expect(results.map(({ is_error }) => is_error ?? false)).toEqual(results.map(() => false))
  expect(results).toHaveLength(names().length)
  expect(results[2]?.structured).toMatchObject({
    status: 'completed',
    text: expect.stringContaining('4'),
  })
  done.push(`| ${client} | ${door} | ${results.length} |`)
}

/** The inspector hands its own environment on to nobody. */
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
