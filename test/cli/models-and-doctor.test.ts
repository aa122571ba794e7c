import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { runProgram, testKey, upstream } from '../helpers/program.js'

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider({ models: ['claude-served', 'gpt-served'] })
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const proxy = () => ({ LITELLM_PROXY_API_BASE: fake.url, LITELLM_PROXY_API_KEY: testKey })

describe('models', () => {
  test('the configured models and those of the proxy are listed first', async () => {
    const { code, stdout } = await runProgram(['models'], {
      env: { ...upstream(fake), ...proxy() },
    })
    expect(code).toBe(0)
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head).toMatch(/^MODEL +CONTEXT +IN\/M +OUT\/M +VISION +TOOLS +CACHE FROM$/)
    expect(rows.slice(0, 3).map((row) => row.split(' ')[0])).toEqual([
      ...['openai/gpt-4o-mini', 'litellm_proxy/claude-served', 'litellm_proxy/gpt-served'],
    ])
    expect(rows[0]).toMatch(/ 128k +\$0\.15 +\$0\.60 +yes +yes +1024$/)
  })

  test('filters, by a part of the id and by provider', async () => {
    const env = { ...upstream(fake), ...proxy() }
    const { stdout } = await runProgram(['models', 'CLAUDE*ed', '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject([{ modelId: 'litellm_proxy/claude-served' }])
    const ofProvider = await runProgram(['models', '--provider', 'openai', '--json'], { env })
    const providers = JSON.parse(ofProvider.stdout).map((one: { provider: string }) => one.provider)
    expect(new Set(providers)).toEqual(new Set(['openai']))
  })

  test('--all has the price map, each id once', async () => {
    const { stdout } = await runProgram(['models', '--all', '--json'])
    const ids = JSON.parse(stdout).map(({ modelId }: { modelId: string }) => modelId)
    expect(ids).toContain('anthropic/claude-sonnet-4-6')
    expect(ids.length).toBeGreaterThan(1000)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('says so where there is nothing', async () => {
    expect(await runProgram(['models'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('--all'),
    })
  })

  test('a proxy that is not there is a failure with its code', async () => {
    const env = { ...proxy(), LITELLM_PROXY_API_BASE: 'http://127.0.0.1:1' }
    const { code, stderr } = await runProgram(['models'], { env })
    expect(code).toBe(14)
    expect(stderr).not.toContain(testKey)
  })
})

interface Check {
  name: string
  status: string
  detail: string
  fix?: string
}

async function doctor(args: string[], env: Record<string, string>) {
  const { code, stdout } = await runProgram(['doctor', '--json', ...args], { env })
  const { checks } = JSON.parse(stdout) as { checks: Check[] }
  expect(stdout).not.toContain(testKey)
  return { code, checks, named: (name: string) => checks.find((check) => check.name === name) }
}

describe('doctor', () => {
  test('finds all well, without a call, and never says a key', async () => {
    const { checks, code, named } = await doctor([], { ...upstream(fake), ...proxy() })
    expect(code).toBe(0)
    expect(checks.map(({ status }) => status)).not.toContain('problem')
    expect(named('model openai/gpt-4o-mini')?.detail).toContain('key from OPENAI_API_KEY')
    expect(named('keys')?.detail).toContain('LITELLM_PROXY_API_KEY')
    expect(named('LiteLLM Proxy')?.detail).toMatch(
      /^127\.0\.0\.1:\d+: reachable.* serves 2 models$/,
    )
    expect(fake.modelRequests).toEqual([])
  })

  test('--call asks for one token', async () => {
    const { code, named } = await doctor(['--call'], upstream(fake))
    expect(code).toBe(0)
    expect(named('call')).toMatchObject({ status: 'ok' })
    expect(fake.modelRequests.map(({ body }) => body.max_tokens)).toEqual([1])
  })

  test('is for people without --json', async () => {
    const { stdout } = await runProgram(['doctor'], { env: upstream(fake) })
    expect(stdout).toMatch(/^✓ Node: \d/)
    expect(stdout).toMatch(/No problems found\.\n$/)
  })

  test('counts warnings at its end, which are no failure', async () => {
    const agents = { one: { modelId: 'offline/demo' } }
    const warned = await runProgram(['doctor', '--config', configFile({ agents })])
    expect(warned.code).toBe(0)
    expect(warned.stdout).toContain('! model: there is no default model')
    expect(warned.stdout).toMatch(/\n\n1 warning\.\n$/)
    const config = configFile({ agents, mcpServers: { gone: { command: '/nowhere/server' } } })
    const both = await runProgram(['doctor', '--config', config])
    expect(both.code).toBe(1)
    expect(both.stdout).toMatch(/\n\n1 problem, 1 warning\.\n$/)
  })

  test('tells every problem with its fix, and exits with 1', async () => {
    const config = configFile({
      defaults: { modelId: 'litellm_proxy/unserved' },
      agents: { a: { description: 'A', modelId: 'anthropic/claude-sonnet-4-6' } },
      mcpServers: {
        gone: { command: '/nowhere/server' },
        shut: { url: `http://127.0.0.1:${await closedPort()}/mcp` },
      },
      runs: { databaseUrl: 'postgres://u:hidden-pass@127.0.0.1:1/d' },
    })
    const { checks, code } = await doctor(['--config', config], proxy())
    expect(code).toBe(1)
    const problems = checks.filter(({ status }) => status === 'problem')
    expect(problems.map(({ name }) => name)).toEqual([
      'model anthropic/claude-sonnet-4-6',
      'model litellm_proxy/unserved',
      'MCP server gone',
      'MCP server shut',
      'PostgreSQL',
    ])
    for (const { fix } of problems) expect(fix).toMatch(/\w{3}/)
    expect(problems[0]?.fix).toContain('ANTHROPIC_API_KEY')
    expect(problems[1]?.fix).toContain('litellm_proxy/gpt-served')
    expect(problems[3]?.detail).toContain('ECONNREFUSED')
    expect(JSON.stringify(checks)).not.toContain('hidden-pass')
  })

  test('a configuration that cannot be used is told line by line', async () => {
    const config = configFile('defaults: { modelld: x }\nallow: { nothing: 1 }\n')
    const { checks, code } = await doctor(['--config', config], {})
    expect(code).toBe(1)
    expect(checks.filter(({ status }) => status === 'problem').map(({ detail }) => detail)).toEqual(
      [
        expect.stringContaining('line 1, defaults.modelld'),
        expect.stringContaining('line 2, allow.nothing'),
      ],
    )
  })

  test('a server that starts is asked for its tools, and a folder whether it can be written', async () => {
    const folder = temporaryFolder()
    const config = configFile({
      mcpServers: {
        own: { command: process.execPath, args: ['dist/main.js'], cwd: process.cwd() },
      },
    })
    const env = { ...upstream(fake), LITELLM_AGENTS_SESSIONS_DIR: join(folder, 'not/yet') }
    const { code, named } = await doctor(['--config', config], env)
    expect(code).toBe(0)
    expect(named('MCP server own')?.detail).toMatch(/^starts, \d+ tools$/)
    expect(named('sessions')?.status).toBe('ok')
  })

  test('a proxy that hangs up is a problem', async () => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const env = { ...proxy(), LITELLM_PROXY_API_BASE: `http://127.0.0.1:${port}` }
    const { code, named } = await doctor([], env)
    server.close()
    expect(code).toBe(1)
    expect(named('LiteLLM Proxy')?.status).toBe('problem')
  })

  test('--explain tells where an id leads', async () => {
    const env = { ANTHROPIC_API_KEY: testKey }
    const told = await runProgram(['doctor', '--explain', 'anthropic/claude-x'], { env })
    expect(told.code).toBe(0)
    expect(told.stdout).toContain('key          ANTHROPIC_API_KEY')
    const lost = await runProgram(['doctor', '--explain', 'nowhere-1'])
    expect(lost).toMatchObject({ code: 1, stdout: '' })
    expect(lost.stderr).toContain('names no provider')
  })

  const azure = { AZURE_API_BASE: 'https://me.openai.azure.com' }
  const proxied = { LITELLM_PROXY_API_BASE: 'http://127.0.0.1:4000' }
  test.each([
    ['anthropic/claude-x', {}, 'anthropic-messages', 'https://api.anthropic.com/v1/messages'],
    ['openai/gpt-x', {}, 'openai-chat', 'https://api.openai.com/v1/chat/completions'],
    ['azure_ai/x', { AZURE_AI_API_BASE: 'https://a.example' }, 'openai-chat', 'https://a.example/'],
    ['azure/x', azure, 'openai-chat', `${azure.AZURE_API_BASE}/openai/deployments/x/chat/`],
    ['bedrock_mantle/claude-x', {}, 'anthropic-messages', 'https://bedrock-mantle.'],
    ['litellm_proxy/x', proxied, 'openai-chat', 'http://127.0.0.1:4000/chat/completions'],
  ])('--explain tells where %s leads also where its key is missing', async (id, env, wire, url) => {
    const { code, stderr, stdout } = await runProgram(['doctor', '--explain', id], { env })
    expect(code).toBe(1)
    expect(stdout).toContain(`wire         ${wire}\n`)
    expect(stdout).toContain(`url          ${url}`)
    expect(stdout).toMatch(/^key {10}none: set [A-Z_]+_API_KEY /m)
    expect(stderr).toMatch(/no key is given/i)
    const asked = await runProgram(['doctor', '--explain', id, '--json'], { env })
    expect(asked.code).toBe(1)
    expect(JSON.parse(asked.stdout)).toMatchObject({ modelId: id, wire, keySource: null })
    expect(asked.stderr).toBe(stderr)
  })

  test('--explain minds the address of the file, also where its key is missing', async () => {
    const config = configFile({ clientArgs: { anthropic: { api_base: 'https://own.example' } } })
    for (const id of ['claude-x', 'anthropic/claude-x']) {
      const { stdout } = await runProgram(['doctor', '--explain', id, '--config', config])
      expect(stdout).toContain('https://own.example/v1/messages (clientArgs.api_base)')
    }
  })
})

/** Where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
