// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file has its own placeholders
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig, userConfigFolder } from '../../src/config/load.js'
import { ConfigError, resolveConfig } from '../../src/config/resolve.js'
import { configFile } from '../helpers/config-file.js'

const resolve = (content: unknown, env: Record<string, string> = {}) =>
  resolveConfig({ file: { path: 'agents.yaml', content }, env })

/** What is wrong with a file, one line for each problem. */
function problems(content: unknown, env: Record<string, string> = {}): string[] {
  try {
    resolve(content, env)
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ message, path }) => `${path}: ${message}`)
    throw error
  }
  return []
}

describe('where a value comes from', () => {
  test('without a file, defaults and the environment', () => {
    const env = { LITELLM_AGENTS_MODEL_ID: 'openai/a', LITELLM_AGENTS_AUTH_TOKEN: 'secret' }
    expect(resolveConfig({ env })).toEqual({
      defaults: {
        modelId: 'openai/a',
        params: {},
        limits: {},
        fallbacks: [],
        cacheAdvice: false,
      },
      clientArgs: {},
      allow: { params: [], tools: [], urlHosts: [] },
      http: {
        host: '127.0.0.1',
        port: 3333,
        maxBodyBytes: 4 * 1024 * 1024,
        allowedHosts: [],
        allowedOrigins: [],
        authToken: 'secret',
      },
    })
  })

  test('flags before the environment before the file before defaults', () => {
    const file = {
      path: 'agents.yaml',
      content: {
        defaults: { modelId: 'openai/file', limits: { maxCycles: 3 } },
        http: { host: 'localhost', port: 1 },
      },
    }
    const env = { LITELLM_AGENTS_MODEL_ID: 'openai/env', LITELLM_AGENTS_LOG_LEVEL: 'debug' }
    const config = resolveConfig({ file, env, flags: { port: 2 } })
    expect(config.defaults).toMatchObject({
      modelId: 'openai/env',
      params: {},
      limits: { maxCycles: 3 },
    })
    expect(config.http).toMatchObject({ host: 'localhost', port: 2 })
    expect(config.logLevel).toBe('debug')
  })

  test('an empty file says nothing', () => {
    expect(resolve(null)).toEqual(resolveConfig({ env: {} }))
  })
})

describe('${VAR}', () => {
  const withBase = (text: string, env: Record<string, string> = {}) =>
    resolve({ clientArgs: { litellm_proxy: { api_base: text } } }, env).clientArgs

  test('is filled in, and ${VAR:-default} where it is not set or empty', () => {
    expect(withBase('http://${HOST}:${PORT:-4000}', { HOST: 'proxy', PORT: '' })).toEqual({
      litellm_proxy: { api_base: 'http://proxy:4000' },
    })
  })

  test('is filled in once: a value is not looked into again', () => {
    expect(withBase('${A}', { A: '${B}', B: 'no' })).toEqual({
      litellm_proxy: { api_base: '${B}' },
    })
  })

  test('that is not set is a problem', () => {
    expect(problems({ clientArgs: { openai: { api_key: '${NO_SUCH_KEY}' } } })).toEqual([
      'clientArgs.openai.api_key: the environment variable NO_SUCH_KEY is not set',
    ])
  })
})

test('every problem is told at once, with its path and what was probably meant', () => {
  const found = problems(
    {
      default: {},
      defaults: { modelId: '', limits: { maxCycle: 1, maxToolCalls: 0 } },
      allow: { modelIds: 'openai/*', urlHost: [] },
      http: { port: 70_000 },
      agents: {},
      mcpServers: {},
    },
    { LITELLM_AGENTS_LOG_LEVEL: 'loud' },
  )
  expect(found).toHaveLength(8)
  const all = found.join('\n')
  expect(all).toContain('defaults.modelId: ')
  expect(all).toContain('"default" is unknown; did you mean "defaults"?')
  expect(all).toContain('"agents" is not supported in this version')
  expect(all).toContain('"mcpServers" is not supported in this version')
  expect(all).toContain('defaults.limits: "maxCycle" is unknown; did you mean "maxCycles"?')
  expect(all).toMatch(/defaults\.limits\.maxToolCalls: .*>0/)
  expect(all).toMatch(/allow\.modelIds: .*array/)
  expect(all).toContain('allow: "urlHost" is unknown; did you mean "urlHosts"?')
  expect(all).toMatch(/http\.port: /)
  expect(all).toMatch(/LITELLM_AGENTS_LOG_LEVEL: must be one of trace/)
})

describe('the file', () => {
  test.each([
    ['YAML', 'agents.yaml', 'defaults:\n  modelId: openai/yaml # with a comment\n'],
    ['JSON', 'agents.json', '{ "defaults": { "modelId": "openai/json" } }'],
  ])('is %s', async (_, name, text) => {
    const config = await loadConfig({ config: configFile(text, name) }, {})
    expect(config.defaults.modelId).toMatch(/^openai\/(yaml|json)$/)
  })

  test('is the one of --config, else of LITELLM_AGENTS_CONFIG, else of the user', async () => {
    const flag = configFile({ defaults: { modelId: 'from/flag' } })
    const variable = configFile({ defaults: { modelId: 'from/variable' } })
    const home = mkdtempSync(join(tmpdir(), 'home-'))
    const env = { HOME: home, APPDATA: home, XDG_CONFIG_HOME: join(home, '.config') }
    mkdirSync(userConfigFolder(env), { recursive: true })
    writeFileSync(join(userConfigFolder(env), 'agents.yaml'), 'defaults: { modelId: from/user }')
    const named = { ...env, LITELLM_AGENTS_CONFIG: variable }
    expect((await loadConfig({ config: flag }, named)).defaults.modelId).toBe('from/flag')
    expect((await loadConfig({}, named)).defaults.modelId).toBe('from/variable')
    expect((await loadConfig({}, env)).defaults.modelId).toBe('from/user')
  })

  test('that was named must be there, and whole', async () => {
    await expect(loadConfig({ config: '/nonexistent/agents.yaml' }, {})).rejects.toThrow(
      /\/nonexistent\/agents\.yaml.*cannot be read \(ENOENT\)/s,
    )
    await expect(loadConfig({ config: configFile('{', 'agents.json') }, {})).rejects.toThrow(
      /cannot be parsed/,
    )
  })

  test('stands where each platform keeps such files', () => {
    const env = { HOME: '/home/ada', APPDATA: '/roaming' }
    expect(userConfigFolder(env, 'linux')).toBe('/home/ada/.config/litellm-agents-mcp')
    expect(userConfigFolder({ ...env, XDG_CONFIG_HOME: '/x' }, 'linux')).toBe(
      '/x/litellm-agents-mcp',
    )
    expect(userConfigFolder(env, 'darwin')).toBe(
      '/home/ada/Library/Application Support/litellm-agents-mcp',
    )
    expect(userConfigFolder(env, 'win32')).toBe('/roaming/litellm-agents-mcp')
  })
})
