// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the file has its own placeholders
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConfigFile } from '../../src/config/file.js'
import { loadConfig } from '../../src/config/load.js'
import { ConfigError, problemText } from '../../src/config/problems.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { builtinToolNames } from '../../src/config/tool-references.js'
import { builtinTools } from '../../src/toolsets/index.js'
import { userConfigFolder, userStateFolder } from '../../src/util/folders.js'
import { configFile } from '../helpers/config-file.js'
import { readerOf } from '../helpers/config-reader.js'

const noPrompts = (path: string): string => {
  throw Object.assign(new Error(path), { code: 'ENOENT' })
}

/** JSON is YAML. */
const file = (content: unknown, env: Record<string, string> = {}, readText = noPrompts) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return parseConfigFile('/etc/agents.yaml', text, env, readerOf(readText))
}

const resolve = (content: unknown, env: Record<string, string> = {}, readText = noPrompts) =>
  resolveConfig({ file: file(content, env, readText), env })

/** What is wrong with a file, one line for each problem. */
function problems(content: unknown, env: Record<string, string> = {}): string[] {
  try {
    resolve(content, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemText)
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
        maxToolResultChars: 20_000,
        cacheAdvice: false,
      },
      clientArgs: {},
      models: {},
      allow: {
        params: [],
        tools: [],
        urlHosts: [],
        maxUrlBytes: 20 * 1024 * 1024,
        caller: {},
        limits: {},
      },
      http: {
        host: '127.0.0.1',
        port: 3333,
        maxBodyBytes: 4 * 1024 * 1024,
        allowedHosts: [],
        allowedOrigins: [],
        authToken: 'secret',
        maxConnections: 2000,
        principals: {},
        allow: {},
      },
      sessions: { maxSessions: 1000, ttlSeconds: 86_400, limits: {} },
      agents: new Map(),
      runs: {
        approvalTimeoutSeconds: 3600,
        maxConcurrent: 256,
        maxQueued: 1024,
        resultTtlSeconds: 86_400,
        maxResults: 2000,
        maxResultBytes: 32 * 1024 * 1024,
        maxTextChars: 20_000,
      },
      telemetry: {
        prometheusHost: '127.0.0.1',
        prometheusPort: 9464,
        recordContent: false,
        spendFields: true,
        required: false,
      },
      mcpServers: new Map(),
      warnings: [],
      files: [],
    })
  })

  test('flags before the environment before the file before defaults', () => {
    const content = {
      defaults: { modelId: 'openai/file', limits: { maxCycles: 3 } },
      http: { host: 'localhost', port: 1 },
    }
    const env = { LITELLM_AGENTS_MODEL_ID: 'openai/env', LITELLM_AGENTS_LOG_LEVEL: 'debug' }
    const config = resolveConfig({ file: file(content), env, flags: { port: 2 } })
    expect(config.defaults).toMatchObject({
      modelId: 'openai/env',
      params: {},
      limits: { maxCycles: 3 },
    })
    expect(config.http).toMatchObject({ host: 'localhost', port: 2 })
    expect(config.logLevel).toBe('debug')
  })

  test('an empty file says nothing', () => {
    expect(resolve('')).toEqual({ ...resolveConfig({ env: {} }), files: ['/etc/agents.yaml'] })
  })
})

test('an agent has what the file says, its prompts as they stand', () => {
  const { agents, mcpServers, files } = resolve(
    {
      agents: {
        plain: {},
        'rev-1': {
          description: '${WHAT}',
          modelId: 'openai/a',
          systemPrompt: [
            { textFile: '${WHERE}/reviewer.md' },
            { cachePoint: { type: 'default', ttl: '1h' } },
            { text: 'costs ${MONEY}' },
          ],
          tools: ['calculator', 'fs/*', 'plain'],
          limits: { maxCycles: 2 },
          exposeAs: 'tool',
        },
      },
      mcpServers: { fs: { command: 'npx', env: { TOKEN: '${WHAT}' } } },
    },
    { WHAT: 'Reviews', WHERE: 'prompts' },
    (path) => `${path} is not ${'${EXPANDED}'}\n`,
  )
  const unset = { overridable: false, params: {}, approval: [], readOnly: false }
  expect(agents.get('plain')).toEqual({
    ...unset,
    name: 'plain',
    description: 'The agent plain.',
    tools: [],
    limits: {},
  })
  expect(agents.get('rev-1')).toEqual({
    ...unset,
    name: 'rev-1',
    description: 'Reviews',
    modelId: 'openai/a',
    systemPrompt: [
      { text: '/etc/prompts/reviewer.md is not ${EXPANDED}\n' },
      { cachePoint: { type: 'default', ttl: '1h' } },
      { text: 'costs ${MONEY}' },
    ],
    tools: ['calculator', 'fs/*', 'plain'],
    limits: { maxCycles: 2 },
    exposeAs: 'tool',
  })
  expect(mcpServers.get('fs')).toEqual({
    command: 'npx',
    args: [],
    env: { TOKEN: 'Reviews' },
    readOnly: false,
  })
  expect(files).toEqual(['/etc/agents.yaml', '/etc/prompts/reviewer.md'])
})

test('the tools that a file may name without more are those there are', () => {
  expect(builtinToolNames).toEqual([...builtinTools.keys()])
})

test('of two caps on what a run costs, the smaller one counts', () => {
  const allow = { maxCostUsdPerRun: 1, limits: { maxCostUsd: 2, maxCycles: 3 } }
  expect(resolve({ allow }).allow.limits).toEqual({ maxCostUsd: 1, maxCycles: 3 })
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
      'line 1, clientArgs.openai.api_key: the environment variable NO_SUCH_KEY is not set',
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
    },
    { LITELLM_AGENTS_LOG_LEVEL: 'loud' },
  )
  expect(found).toHaveLength(8)
  const all = found.join('\n')
  expect(all).toContain('defaults.modelId: ')
  expect(all).toContain('default: unknown key; did you mean "defaults"?')
  expect(all).toContain('defaults.limits.maxCycle: unknown key; did you mean "maxCycles"?')
  expect(all).toMatch(/defaults\.limits\.maxToolCalls: .*above 0/)
  expect(all).toMatch(/allow\.modelIds: .*list/)
  expect(all).toContain('allow.urlHost: unknown key; did you mean "urlHosts"?')
  expect(all).toMatch(/http\.port: /)
  expect(all).toMatch(/LITELLM_AGENTS_LOG_LEVEL: must be one of trace/)
})

describe('a bearer token', () => {
  const secret = 'a-secret-of-mine'
  const unsendable = /contains a character that a bearer token cannot have.*A-Z/

  test.each(['!', '$', ':', '@', ' ', '\n', 'é', '"'])('with %j could not be sent', (character) => {
    const token = `${secret}${character}`
    const [fromVariable, ...others] = problems(
      { http: { principals: { alice: { token: '${ALICE}' } } } },
      { ALICE: token, LITELLM_AGENTS_AUTH_TOKEN: token },
    ).toSorted()
    expect(fromVariable).toMatch(/^LITELLM_AGENTS_AUTH_TOKEN: /)
    expect(others).toEqual([expect.stringMatching(/^line 1, http\.principals\.alice\.token: /)])
    for (const problem of [fromVariable, ...others]) {
      expect(problem).toMatch(unsendable)
      expect(problem).not.toContain(secret)
    }
  })

  test('may have every character that the door lets in', () => {
    const token = `${secret}AZaz09-._~+/==`
    const env = { ALICE: token, LITELLM_AGENTS_AUTH_TOKEN: token }
    expect(problems({ http: { principals: { alice: { token: '${ALICE}' } } } }, env)).toEqual([])
  })

  test('may be short for this machine only', () => {
    const env = { LITELLM_AGENTS_AUTH_TOKEN: 'short' }
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      expect(resolveConfig({ env, flags: { host } }).http.authToken).toBe('short')
    expect(problems({ http: { host: '0.0.0.0' } }, env)).toEqual([
      'LITELLM_AGENTS_AUTH_TOKEN: must have at least 16 characters',
    ])
    expect(problems({ http: { host: '0.0.0.0' } }, { LITELLM_AGENTS_AUTH_TOKEN: secret })).toEqual(
      [],
    )
  })
})

test('every problem has its line', () => {
  const text = [
    'defaults:',
    '  limits: { maxCycles: 0 }',
    'agents:',
    '  reviewer:',
    '    descripton: Reviews',
    '    tools: [calculator,',
    '      calculater, files/read, web/search, web/fetch]',
    '    systemPrompt:',
    '      - { textFile: nowhere.md }',
    '  editor:',
    '    systemPrompt: [{ text: a, cachePoint: { type: default } }]',
    '  two words: {}',
    '  one: { tools: [agent_two] }',
    '  two: { tools: [one] }',
    'mcpServers:',
    '  web: { url: https://example.com/mcp, tools: [search], args: [x] }',
    '  both: {}',
  ]
  expect(problems(text.join('\n'))).toEqual([
    'line 2, defaults.limits.maxCycles: must be above 0',
    'line 5, agents.reviewer.descripton: unknown key; did you mean "description"?',
    'line 7, agents.reviewer.tools[1]: there is no tool or agent "calculater"; did you mean "calculator"? Tools of mcpServers are named server/tool.',
    'line 7, agents.reviewer.tools[2]: there is no server "files" in mcpServers',
    'line 7, agents.reviewer.tools[4]: mcpServers.web.tools does not allow "fetch"',
    'line 9, agents.reviewer.systemPrompt[0].textFile: the file /etc/nowhere.md cannot be read: the file does not exist',
    'line 11, agents.editor.systemPrompt[0]: must have exactly one of the keys text, textFile, cachePoint',
    'line 12, agents.two words: an agent\'s name must have 1 to 58 letters, digits, "_" and "-"',
    'line 13, agents.one.tools: agents use each other in a cycle: one → two → one',
    'line 16, mcpServers.web.args: cannot be combined with url',
    'line 17, mcpServers.both: must have exactly one of the keys command, url',
  ])
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
      /\/nonexistent\/agents\.yaml.*cannot be read: the file does not exist/s,
    )
    await expect(loadConfig({ config: configFile('{', 'agents.json') }, {})).rejects.toThrow(
      /line 1: it is not valid JSON/,
    )
    expect(problems('a: 1\nagents: &x\n  more: *x\n')).toContainEqual(
      'line 3: it cannot be parsed: the alias *x refers to a value that contains it',
    )
    expect(problems('a: 1\nhttp:\n\tport: 1\n')[0]).toMatch(/^line 3: it cannot be parsed: Tabs/)
    expect(problems('{ "http": {},\n"http": {} }')).toEqual([
      'line 2: it cannot be parsed: Map keys must be unique',
    ])
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

  test('what is remembered has a folder of its own, by the custom of the platform', () => {
    const env = { HOME: '/home/ada', LOCALAPPDATA: '/local' }
    expect(userStateFolder(env, 'linux')).toBe('/home/ada/.local/state/litellm-agents-mcp')
    expect(userStateFolder({ ...env, XDG_STATE_HOME: '/x' }, 'linux')).toBe('/x/litellm-agents-mcp')
    expect(userStateFolder(env, 'darwin')).toBe(
      '/home/ada/Library/Application Support/litellm-agents-mcp',
    )
    expect(userStateFolder(env, 'win32')).toBe('/local/litellm-agents-mcp')
  })
})
