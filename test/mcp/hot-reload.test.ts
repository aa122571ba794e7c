import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type HttpServer, startHttp } from '../helpers/connect.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { environment, program, testKey } from '../helpers/program.js'

let fake: FakeProvider
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const profile = (systemPrompt: string) => ({
  description: 'An agent',
  systemPrompt,
  exposeAs: 'tool',
})

const configuration = (agents: object, rest: object = {}) => ({
  defaults: { modelId: 'openai/a' },
  clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
  agents,
  ...rest,
})

interface Connected {
  client: Client
  /** How often each list was said to have changed. */
  notices: { tools: number; prompts: number }
  stderr(): string
}

type Kind = '2026 over stdio' | '2025 over stdio' | '2026 over http'

async function connect(kind: Kind, config: string): Promise<Connected> {
  const env = { LITELLM_AGENTS_CONFIG: config, LITELLM_AGENTS_LOG_LEVEL: 'info' }
  const notices = { tools: 0, prompts: 0 }
  const count = (list: keyof typeof notices) => ({
    autoRefresh: false,
    onChanged: () => {
      notices[list]++
    },
  })
  const client = new Client(
    { name: 'test', version: '1' },
    {
      versionNegotiation: { mode: kind.startsWith('2026') ? { pin: '2026-07-28' } : 'legacy' },
      listChanged: { tools: count('tools'), prompts: count('prompts') },
    },
  )
  if (kind.endsWith('http')) {
    const server: HttpServer = await startHttp(env)
    const headers = { authorization: `Bearer ${server.token}` }
    const url = new URL(server.url)
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
    ends.push(() => client.close(), server.stop)
    return { client, notices, stderr: server.stderr }
  }
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program],
    env: environment(env),
    stderr: 'pipe',
  })
  let stderr = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  await client.connect(transport)
  ends.push(() => client.close())
  return { client, notices, stderr: () => stderr }
}

const toolNames = async ({ client }: Connected) => {
  // The client's own cache is not what is looked at here.
  const { tools } = await client.request({ method: 'tools/list' })
  return tools.map(({ name }) => name)
}

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 20 })

const systemPrompts = () =>
  fake.modelRequests.map(({ body }) => JSON.stringify(body.messages[0].content))

describe.each(['2026 over stdio', '2025 over stdio', '2026 over http'] as const)('%s', (kind) => {
  test('a changed file is in force for new calls, and the lists that changed are announced', async () => {
    const config = configFile(configuration({ one: profile('Old') }))
    const connected = await connect(kind, config)
    expect(await toolNames(connected)).toContain('agent_one')

    // A run that has begun stays as it is, whatever becomes of its agent.
    fake.script({ text: 'one two three', delayMs: 1_500 })
    const before = connected.client.callTool({
      name: 'agent_one',
      arguments: { prompt: 'Hello' },
    })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    writeFileSync(config, JSON.stringify(configuration({ two: profile('New') })))

    await eventually(() => expect(connected.notices).toEqual({ tools: 1, prompts: 1 }))
    expect(await toolNames(connected)).toContain('agent_two')
    expect(await toolNames(connected)).not.toContain('agent_one')
    const { prompts } = await connected.client.request({ method: 'prompts/list' })
    expect(prompts.map(({ name }) => name)).toEqual(['two'])
    expect((await before).structuredContent).toMatchObject({ status: 'completed' })
    await connected.client.callTool({
      name: 'run_agent',
      arguments: { prompt: 'Hello', agent: 'two' },
    })
    expect(systemPrompts()).toEqual([
      expect.stringContaining('Old'),
      expect.stringContaining('New'),
    ])
  })

  test('a broken edit changes nothing and is told with all its problems, until it is mended', async () => {
    const config = configFile(configuration({ one: profile('Old') }))
    const connected = await connect(kind, config)
    writeFileSync(config, 'agents:\n  one: { tools: [nothing] }\n  two: { descripton: a }\n')
    await eventually(() => expect(connected.stderr()).toContain('the last good one stays'))
    expect(connected.stderr()).toContain('line 2, agents.one.tools[0]: there is no tool')
    expect(connected.stderr()).toContain('line 3, agents.two.descripton: unknown key')
    expect(await toolNames(connected)).toContain('agent_one')
    writeFileSync(config, JSON.stringify(configuration({ three: profile('New') })))
    await eventually(() => expect(connected.notices.tools).toBe(1))
    expect(await toolNames(connected)).toContain('agent_three')
  })
})

describe('what counts as a change', () => {
  const start = async (config: string) => connect('2026 over stdio', config)
  const hasTool = (connected: Connected, name: string) =>
    eventually(async () => expect(await toolNames(connected)).toContain(name))

  test('a file put in place of the other, and one taken away and written anew', async () => {
    const config = configFile(configuration({ one: profile('a') }))
    const connected = await start(config)
    const write = (path: string, name: string) =>
      writeFileSync(path, JSON.stringify(configuration({ [name]: profile('a') })))
    write(`${config}.new`, 'two')
    renameSync(`${config}.new`, config)
    await hasTool(connected, 'agent_two')
    rmSync(config)
    await eventually(() =>
      expect(connected.stderr()).toContain('cannot be read: the file does not exist'),
    )
    write(config, 'three')
    await hasTool(connected, 'agent_three')
  })

  test('a link that leads elsewhere, as Kubernetes changes its volumes', async () => {
    const folder = dirname(configFile({}))
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(folder, version))
      writeFileSync(
        join(folder, version, 'a.yaml'),
        JSON.stringify(configuration({ [version]: profile('a') })),
      )
    }
    symlinkSync('v1', join(folder, 'data'))
    symlinkSync('data/a.yaml', join(folder, 'a.yaml'))
    const connected = await start(join(folder, 'a.yaml'))
    expect(await toolNames(connected)).toContain('agent_v1')
    symlinkSync('v2', join(folder, 'data.new'))
    renameSync(join(folder, 'data.new'), join(folder, 'data'))
    await hasTool(connected, 'agent_v2')
  })

  test('a prompt’s own file, one that was missing included', async () => {
    const inFile = (textFile: string) => ({ agents: { one: { systemPrompt: [{ textFile }] } } })
    const config = configFile(configuration({}, inFile('one.md')))
    const folder = dirname(config)
    writeFileSync(join(folder, 'one.md'), 'First')
    const connected = await start(config)
    const ask = () =>
      connected.client.callTool({
        name: 'run_agent',
        arguments: { prompt: 'Hello', agent: 'one' },
      })
    const prompted = (text: string) =>
      eventually(async () => {
        await ask()
        expect(systemPrompts().at(-1)).toContain(text)
      })
    await prompted('First')
    writeFileSync(join(folder, 'one.md'), 'Second')
    await prompted('Second')
    writeFileSync(config, JSON.stringify(configuration({}, inFile('two.md'))))
    await eventually(() => expect(connected.stderr()).toMatch(/two\.md cannot be read/))
    await ask()
    expect(systemPrompts().at(-1)).toContain('Second')
    writeFileSync(join(folder, 'two.md'), 'Third')
    await prompted('Third')
    // No list has changed.
    expect(connected.notices).toEqual({ tools: 0, prompts: 0 })
  })

  test('of what is set up once, only to say that it takes a new start', async () => {
    const config = configFile(configuration({ one: profile('a') }))
    const connected = await connect('2026 over http', config)
    const changed = configuration({ two: profile('a') }, { http: { allowedHosts: ['a.example'] } })
    writeFileSync(config, JSON.stringify(changed))
    await hasTool(connected, 'agent_two')
    await eventually(() =>
      expect(connected.stderr()).toMatch(/"changed":\["http"\].*take a new start/),
    )
  })
})
