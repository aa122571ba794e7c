import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  getMcpConfigForManifest,
  type McpbManifestAny,
  type McpbUserConfigValues,
  unpackExtension,
  validateManifest,
} from '@anthropic-ai/mcpb'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { variables } from '../../scripts/variables.js'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { environment, testKey } from '../helpers/program.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
let fake: FakeProvider
let bundle: string
/** Outside of the clone: nothing but what is in the bundle is there. */
let unpacked: string
let manifest: McpbManifestAny

beforeAll(async () => {
  fake = await startFakeProvider()
  bundle = join(temporaryFolder(), 'bundle.mcpb')
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')
  await run(process.execPath, [tsx, join(root, 'scripts/mcpb.mjs'), bundle])
  unpacked = join(temporaryFolder(), 'extension')
  await unpackExtension({ mcpbPath: bundle, outputDir: unpacked, silent: true })
  manifest = JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8'))
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** A client that starts the bundle as Claude Desktop does: by the manifest, and what its user filled in. */
async function open(userConfig: McpbUserConfigValues): Promise<Client> {
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: unpacked,
    systemDirs: { HOME: '/nonexistent' },
    userConfig,
    pathSeparator: '/',
  })
  expect(config?.command).toBe('node')
  const client = new Client({ name: 'claude-ai', version: '1' })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: config?.args ?? [],
      env: environment(config?.env),
      stderr: 'ignore',
    }),
  )
  return client
}

async function asked(userConfig: McpbUserConfigValues, args: JsonObject): Promise<JsonObject> {
  const client = await open(userConfig)
  try {
    return await client.callTool({ name: 'run_agent', arguments: { prompt: 'Hi', ...args } })
  } finally {
    await client.close()
  }
}

describe('the bundle', () => {
  test('the bundle is below 1 MB and holds the program without any package', () => {
    expect(statSync(bundle).size).toBeLessThan(1_000_000)
    expect(readdirSync(unpacked).sort()).toEqual(
      ['LICENSE', 'dist', 'icon.png', 'manifest.json', 'package.json'].sort(),
    )
  })

  test("has a manifest that Anthropic's tool takes, icon and all", () => {
    expect(validateManifest(unpacked)).toBe(true)
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({ manifest_version: '0.3', version, server: { type: 'node' } })
  })

  test('asks for variables of the server, and hides what is secret', () => {
    const env = manifest.server.mcp_config?.env ?? {}
    const asks = Object.entries(env).map(([name, value]) => {
      const field = manifest.user_config?.[value.replace(/^\$\{user_config\.(\w+)\}$/, '$1')]
      return { name, secret: field?.sensitive ?? false }
    })
    expect(asks.length).toBe(Object.keys(manifest.user_config ?? {}).length)
    expect(asks).toEqual(
      asks.map(({ name }) => ({ name, secret: variables[name]?.secret ?? false })),
    )
  })

  test('tells of the tools that its server has', async () => {
    const client = await open({})
    const { tools } = await client.listTools()
    await client.close()
    expect(manifest.tools?.map(({ name }) => name)).toEqual(tools.map(({ name }) => name))
  })
})

describe('its server', () => {
  test('runs on the proxy that its user filled in', async () => {
    fake.script({ text: 'Hello' })
    const proxy = { proxy_address: fake.url, proxy_key: testKey, model: 'litellm_proxy/claude' }
    expect((await asked(proxy, {})).structuredContent).toMatchObject({ text: 'Hello' })
    const [request] = fake.modelRequests
    expect(request?.body.model).toBe('claude')
    expect(request?.headers.authorization).toBe(`Bearer ${testKey}`)
  })

  test('the server of the bundle reads the configuration file and calls Claude', async () => {
    fake.script({ text: 'Hello' })
    const anthropic = { api_base: fake.url, api_key: testKey }
    const file = configFile({ clientArgs: { anthropic } })
    const answer = await asked({ config_file: file, model: 'anthropic/claude-sonnet-4-6' }, {})
    expect(answer.structuredContent).toMatchObject({ status: 'completed', text: 'Hello' })
    expect(fake.modelRequests[0]?.path).toBe('/v1/messages')
  })

  const empty = { proxy_address: '', proxy_key: '', model: '', config_file: '' }
  test.each([
    ['nothing was filled in', {}],
    ['every field was emptied', empty],
  ])('works where %s', async (_, userConfig) => {
    const first = await asked(userConfig, { modelId: 'offline/demo' })
    expect(first.structuredContent).toMatchObject({ status: 'completed' })
    const second = await asked(userConfig, {})
    expect(second).toMatchObject({ isError: true })
    expect(second.structuredContent).toMatchObject({ error: { code: 'configuration' } })
  })
})
