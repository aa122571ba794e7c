import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { ConfigError } from '../../src/config/problems.js'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { connectStdio } from '../helpers/connect.js'
import { runProgram, startProgram } from '../helpers/program.js'

/** Writes a file of these bytes, and returns its path. */
function bytesFile(bytes: Uint8Array, name = 'agents.yaml'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, bytes)
  return path
}

/** Returns the problems of a configuration file, or an empty text if it has none. */
async function problemsOf(path: string): Promise<string> {
  try {
    await loadConfig({ config: path }, {})
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

const littleEndian = (text: string) => Buffer.from(text, 'utf16le')
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()
const yaml = 'defaults:\r\n  modelId: openai/größe-😀\r\n'
const json = JSON.stringify({ defaults: { modelId: 'openai/größe-😀' } }, null, 2)

describe('surface 19: a file in UTF-16', () => {
  const encodings: [string, (text: string) => Buffer][] = [
    ['UTF-16 little-endian with a byte order mark', (text) => littleEndian(`\uFEFF${text}`)],
    ['UTF-16 big-endian with a byte order mark', (text) => bigEndian(`\uFEFF${text}`)],
    ['UTF-16 little-endian without a byte order mark', littleEndian],
    ['UTF-16 big-endian without a byte order mark', bigEndian],
    ['UTF-8 with a byte order mark', (text) => Buffer.from(`\uFEFF${text}`)],
  ]
  const files = [
    ['agents.yaml', yaml],
    ['agents.json', json],
  ] as const
  const cases = encodings.flatMap(([name, encode]) =>
    files.map(([file, text]) => [file, name, encode(text)] as const),
  )

  test.each(cases)('surface 19: %s in %s is read', async (file, _, bytes) => {
    const config = await loadConfig({ config: bytesFile(bytes, file) }, {})
    expect(config.defaults.modelId).toBe('openai/größe-😀')
  })

  test.each(encodings)('surface 19: a prompt file in %s is read', async (_, encode) => {
    const prompt = bytesFile(encode('You review größe 😀.'), 'prompt.md')
    const systemPrompt = [{ textFile: prompt }]
    const { agents } = await loadConfig(
      { config: configFile({ agents: { reviewer: { systemPrompt } } }) },
      {},
    )
    expect(agents.get('reviewer')?.systemPrompt).toEqual([{ text: 'You review größe 😀.' }])
  })

  test.each([
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /UTF-32.*save it as UTF-8/],
    ['UTF-32 without a mark', Buffer.from([0, 0, 0, 0x61]), /UTF-32.*save it as UTF-8/],
    ['Windows-1252', Buffer.from('a: gr\xf6\xdfe', 'latin1'), /UTF-8/],
    ['damaged UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0, 0, 0xd8]), /UTF-16.*save it as UTF-8/],
    ['no text format', Buffer.from('89504e470d0a1a0a', 'hex'), /UTF-8/],
  ])('surface 19: the error for a file in %s names the format', async (_, bytes, says) => {
    expect(await problemsOf(bytesFile(bytes))).toMatch(says)
  })

  test('surface 19: doctor reads a configuration file in UTF-16', async () => {
    const path = bytesFile(littleEndian('\uFEFFdefaults: { modelId: offline/demo }\n'))
    const { code, stdout } = await runProgram(['doctor', '--config', path])
    expect(stdout).toContain('offline/demo')
    expect(code).toBe(0)
  })
})

describe('surface 19: JSON with comments and trailing commas', () => {
  const commented = `// the default model
{
  /* two
     lines */
  "defaults": { "modelId": "openai/a//b", /* here */ "params": { "stop": "/* not */" }, },
  "agents": { "one": { "description": "quotes \\" // stay", "tools": ["calculator",], }, }, // end
}
`

  test.each(['agents.json', 'agents.jsonc', 'AGENTS.JSON'])(
    'surface 19: %s may have comments and trailing commas',
    async (name) => {
      const config = await loadConfig({ config: configFile(commented, name) }, {})
      expect(config.defaults).toMatchObject({
        modelId: 'openai/a//b',
        params: { stop: '/* not */' },
      })
      expect(config.agents.get('one')).toMatchObject({
        description: 'quotes " // stay',
        tools: ['calculator'],
      })
    },
  )

  test('surface 19: problems after comments keep their lines', async () => {
    const text = '// one\n{\n  /* two\n  three */\n  "defaults": { "modelID": "a" }\n}\n'
    expect(await problemsOf(configFile(text, 'agents.json'))).toMatch(
      /line 5, defaults\.modelID: unknown key; did you mean "modelId"\?/,
    )
  })

  test('surface 19: a comment that does not end is a problem with its line', async () => {
    const text = '{ "http": {}\n/* no end\n}'
    expect(await problemsOf(configFile(text, 'agents.json'))).toMatch(
      /line \d+: it is not valid JSON/,
    )
  })

  test('surface 19: an error in a JSON file is one problem, without words of YAML', async () => {
    const found = await problemsOf(configFile('{ "agents": { "a": {\n', 'agents.json'))
    expect(found).toMatch(/line \d: it is not valid JSON/)
    expect(found).not.toMatch(/flow map|YAML/i)
  })
})

describe('people F3: errors of the configuration use no words of the schema library', () => {
  const wrong: [object, string][] = [
    [{ agents: [] }, 'agents: must be an object, not a list'],
    [{ agents: 'a' }, 'agents: must be an object, not a string'],
    [{ agents: null }, 'agents: must be an object, not empty'],
    [{ agents: { a: 3 } }, 'agents.a: must be an object, not the number 3'],
    [{ agents: { a: { tools: 'calculator' } } }, 'agents.a.tools: must be a list, not a string'],
    [{ agents: { a: { tools: [''] } } }, 'agents.a.tools[0]: must not be empty'],
    [{ agents: { a: { readOnly: 'yes' } } }, 'agents.a.readOnly: must be true or false'],
    [{ agents: { a: { exposeAs: 'prompt' } } }, 'agents.a.exposeAs: must be tool'],
    [{ agents: { a: { systemPrompt: 3 } } }, 'agents.a.systemPrompt: must be a string or a list'],
    [
      { agents: { a: { conversation: { type: 'slide' } } } },
      'agents.a.conversation.type: must be one of sliding, summarizing, none',
    ],
    [{ mcpServers: [] }, 'mcpServers: must be an object, not a list'],
    [{ mcpServers: { a: { url: 'nowhere' } } }, 'mcpServers.a.url: must be a URL'],
    [{ mcpServers: { a: { url: 'ftp://a' } } }, 'mcpServers.a.url: must be a URL'],
    [{ mcpServers: { a: { type: 'ws' } } }, 'mcpServers.a.type: must be one of stdio, http'],
    [{ clientArgs: { openai: 'key' } }, 'clientArgs.openai: must be an object'],
    [{ http: { port: 70_000 } }, 'http.port: must be at most 65535'],
    [{ http: { port: 1.5 } }, 'http.port: must be a whole number, not the number 1.5'],
    [{ http: { port: '80' } }, 'http.port: must be a number, not a string'],
    [{ http: { maxBodyBytes: 0 } }, 'http.maxBodyBytes: must be above 0'],
    [{ http: { principals: [] } }, 'http.principals: must be an object, not a list'],
    [
      { http: { oauth: { issuer: 'x', resource: 'https://a', audience: [] } } },
      'http.oauth.issuer: must be a URL',
    ],
    [{ runs: { engine: 'redis' } }, 'runs.engine: must be one of inProcess, dbos'],
    [{ runs: { maxQueued: -1 } }, 'runs.maxQueued: must be at least 0'],
    [{ telemetry: { traces: 'zipkin' } }, 'telemetry.traces: must be one of otlp, console, none'],
    [{ sessions: { ttlSeconds: 'day' } }, 'sessions.ttlSeconds: must be a number, not a string'],
    [{ defaults: { cache: true } }, 'defaults.cache: must be auto'],
    [[], 'must be an object, not a list'],
  ]

  test.each(wrong)(
    'people F3: the error for %j says what the value must be',
    async (content, says) => {
      const problems = await problemsOf(configFile(content))
      expect(problems).toContain(says)
      expect(problems).not.toMatch(
        /record|expected|received|Invalid|Too (small|big)|array|undefined|safeint|pattern/,
      )
    },
  )
})

describe('surface 18: an agent whose name is too long for the tools of clients', () => {
  const fits = 'x'.repeat(37)
  const long = 'y'.repeat(38)
  const file = () =>
    configFile({
      defaults: { modelId: 'offline/demo' },
      agents: {
        [fits]: { exposeAs: 'tool' },
        [long]: { exposeAs: 'tool' },
        [`${long}-without-a-tool`]: {},
      },
    })
  const limit = new RegExp(`agents\\.${long}: its tool mcp__litellm-agents__agent_${long} has 65`)

  test('surface 18: doctor warns of the name, and says the limit', async () => {
    const { code, stdout } = await runProgram(['doctor', '--json', '--config', file()])
    const warnings = JSON.parse(stdout).checks.filter(
      ({ status }: { status: string }) => status === 'warning',
    )
    expect(warnings).toHaveLength(1)
    expect(warnings[0].detail).toMatch(limit)
    expect(warnings[0].detail).toContain('at most 64')
    expect(warnings[0].fix).toContain('at most 37 characters')
    expect(code).toBe(0)
  })

  test.each([
    ['stdio', []],
    ['HTTP', ['http', '--port', '0']],
  ])('surface 18: the server over %s warns of the name when it starts', async (_, args) => {
    const server = startProgram([...args, '--config', file()])
    try {
      await server.until('stderr', limit)
      expect(server.stderr()).toContain('at most 37 characters')
      expect(server.stderr()).not.toContain(`agents.${fits}`)
    } finally {
      await server.stop()
    }
  })
})

describe('surface 18: an agent with a name that JavaScript objects know', () => {
  test.each([
    '{ "agents": { "__proto__": { "exposeAs": "tool" } } }',
    '{ "mcpServers": { "__proto__": { "command": "x" } } }',
    '{ "clientArgs": { "__proto__": { "api_key": "x" } } }',
    '{ "__proto__": {} }',
  ])('surface 18: __proto__ is refused rather than dropped: %s', async (text) => {
    const problems = await problemsOf(configFile(text, 'agents.json'))
    expect(problems).toMatch(/line 1, .*__proto__: this name is reserved/)
  })

  test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'prototype'])(
    'surface 18: %s is a tool and a profile like any other',
    async (name) => {
      const config = configFile({
        defaults: { modelId: 'offline/demo' },
        agents: { [name]: { exposeAs: 'tool' } },
      })
      const client = await connectStdio('2026', {}, ['--config', config])
      try {
        const { tools } = await client.request('tools/list')
        expect(tools.map((tool: { name: string }) => tool.name)).toContain(`agent_${name}`)
        const own = await client.call(`agent_${name}`, { prompt: 'Hi' })
        const named = await client.call('run_agent', { prompt: 'Hi', agent: name })
        for (const result of [own, named])
          expect(result.structuredContent).toMatchObject({ status: 'completed' })
      } finally {
        await client.close()
      }
    },
  )
})
