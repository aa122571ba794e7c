import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { parse as parseJsonc } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { agentsFile, variablesOf } from '../../src/cli/init/agents-file.js'
import { clients, placeOf, serverEntry } from '../../src/cli/init/clients.js'
import { changedLines } from '../../src/cli/init/diff.js'
import { Untouchable, withEntry } from '../../src/cli/init/with-entry.js'
import { temporaryFolder } from '../helpers/config-file.js'
import { program, runProgram } from '../helpers/program.js'

const allNames = clients.map(({ name }) => name)
const scratch = () => {
  const home = temporaryFolder()
  return { home, env: { HOME: home } }
}
const fileOf = (name: string, home: string) => {
  const client = clients.find((one) => one.name === name)
  return client?.file(placeOf(process.platform, {}, home)) ?? ''
}
const put = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
const read = (path: string) => readFileSync(path, 'utf8')
const init = (args: string[], env: Record<string, string>) => runProgram(['init', ...args], { env })

describe('paths', () => {
  const roaming = 'C:\\Users\\a\\AppData\\Roaming'
  const library = '/h/Library/Application Support'
  const everywhere = (...path: string[]) => [
    ['/h', ...path].join('/'),
    ['/h', ...path].join('/'),
    ['C:\\Users\\a', ...path].join('\\'),
  ]
  const platforms = ['linux', 'darwin', 'win32'] as const
  const fileAt = (name: string, platform: NodeJS.Platform, env = {}) => {
    const home = platform === 'win32' ? 'C:\\Users\\a' : '/h'
    return clients.find((one) => one.name === name)?.file(placeOf(platform, env, home))
  }
  const paths: Record<string, string[]> = {
    'claude-desktop': [
      '/h/.config/Claude/claude_desktop_config.json',
      `${library}/Claude/claude_desktop_config.json`,
      `${roaming}\\Claude\\claude_desktop_config.json`,
    ],
    'claude-code': everywhere('.claude.json'),
    vscode: [
      '/h/.config/Code/User/mcp.json',
      `${library}/Code/User/mcp.json`,
      `${roaming}\\Code\\User\\mcp.json`,
    ],
    cursor: everywhere('.cursor', 'mcp.json'),
    codex: everywhere('.codex', 'config.toml'),
    gemini: everywhere('.gemini', 'settings.json'),
    windsurf: everywhere('.codeium', 'windsurf', 'mcp_config.json'),
    zed: [
      '/h/.config/zed/settings.json',
      '/h/.config/zed/settings.json',
      `${roaming}\\Zed\\settings.json`,
    ],
  }

  test.each(allNames)('%s on Linux, macOS and Windows', (name) => {
    expect(platforms.map((platform) => fileAt(name, platform))).toEqual(paths[name])
  })

  test.each([
    ['claude-desktop', 'linux', { XDG_CONFIG_HOME: '/c' }, '/c/Claude/claude_desktop_config.json'],
    ['claude-desktop', 'win32', { APPDATA: 'D:\\r' }, 'D:\\r\\Claude\\claude_desktop_config.json'],
    ['zed', 'win32', { APPDATA: 'D:\\r' }, 'D:\\r\\Zed\\settings.json'],
    ['claude-code', 'linux', { CLAUDE_CONFIG_DIR: '/cc' }, '/cc/.claude.json'],
    ['codex', 'linux', { CODEX_HOME: '/x' }, '/x/config.toml'],
  ] as const)('%s on %s with %j', (name, platform, env, path) => {
    expect(fileAt(name, platform, env)).toBe(path)
  })

  test('what npx has fetched is started by npx again', () => {
    const node = '/usr/bin/node'
    expect(serverEntry({ node, program: '/p/main.js' }, 'linux', ['--config', '/a'])).toEqual({
      command: node,
      args: ['/p/main.js', '--config', '/a'],
    })
    const cached = { node, program: 'C:\\u\\npm-cache\\_npx\\1\\node_modules\\l\\dist\\main.js' }
    expect(serverEntry(cached, 'win32', [])).toEqual({
      command: 'cmd',
      args: ['/c', 'npx', '-y', 'litellm-agents-mcp'],
    })
  })
})

describe('withEntry', () => {
  const json = { format: 'json', key: 'mcpServers' } as const
  const toml = { format: 'toml', key: 'mcp_servers' } as const
  const entry = { command: 'node', args: ['C:\\a b\\main.js'] }

  test('keeps comments, trailing commas, indentation and line ends', () => {
    const before =
      '{\r\n\t// mine\r\n\t"servers": {\r\n\t\t"a": { "url": "x" }, // one\r\n\t},\r\n}\r\n'
    const after = withEntry(before, { format: 'json', key: 'servers' }, entry)
    expect(after).toContain('\t// mine\r\n')
    expect(after).toContain('"a": { "url": "x" }, // one')
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    expect(parseJsonc(after, [], { allowTrailingComma: true })).toEqual({
      servers: { a: { url: 'x' }, 'litellm-agents': entry },
    })
  })

  test('keeps a byte order mark, and begins an empty file', () => {
    expect(withEntry('\uFEFF{}', json, entry)).toMatch(/^\uFEFF\{/)
    expect(JSON.parse(withEntry('', json, entry))).toEqual({
      mcpServers: { 'litellm-agents': entry },
    })
  })

  test('keeps the comments of TOML, and what stands in it', () => {
    const before = '# mine\nmodel = "o3" # why\n\n[mcp_servers.a]\ncommand = "x"'
    const after = withEntry(before, toml, entry)
    expect(after.startsWith(`${before}\n`)).toBe(true)
    expect(parseToml(after)).toEqual({
      model: 'o3',
      mcp_servers: { a: { command: 'x' }, 'litellm-agents': entry },
    })
  })

  const variables = ['LITELLM_PROXY_API_BASE', 'LITELLM_PROXY_API_KEY']
  const programs = ['/a b/main.js', 'C:\\Users\\a b\\main.js']
  test.each(clients.flatMap((client) => programs.map((at) => ({ client, at, name: client.name }))))(
    '$name starts $at, and is given variables by name alone',
    ({ client, at }) => {
      const server = { command: 'node', args: [at] }
      const wanted = client.entry(server, variables)
      const text = withEntry('', client, wanted)
      const { [client.key]: servers } =
        client.format === 'toml' ? parseToml(text) : parseJsonc(text)
      expect(servers).toEqual({ 'litellm-agents': wanted })
      expect(wanted).toMatchObject(server)
      const values = Object.values((wanted as { env?: object }).env ?? {})
      expect(values.every((value) => /^\$/.test(value))).toBe(true)
    },
  )

  test.each([
    ['{"mcpServers":{"litellm-agents":{"command":"other"}}}', json],
    ['[mcp_servers.litellm-agents]\ncommand = "other"\n', toml],
  ])('leaves a server of that name as it is: %s', (text, kind) => {
    expect(withEntry(text, kind, entry)).toBe(text)
  })

  test.each([
    ['{"a": ', json],
    ['[]', json],
    ['{"mcpServers": []}', json],
    ['a = ', toml],
    ['mcp_servers = 1', toml],
    ['mcp_servers = { a = { command = "x" } }', toml],
  ])('touches nothing it does not understand: %s', (text, kind) => {
    expect(() => withEntry(text, kind, entry)).toThrow(Untouchable)
  })
})

test('the diff has the lines that change', () => {
  expect(changedLines('a\nb\nc', 'a\nx\ny\nc')).toEqual(['- b', '+ x', '+ y'])
  expect(changedLines('', 'a\n')).toEqual(['+ a'])
})

test('variables are those of the provider', () => {
  expect(variablesOf('openai/gpt-4o')).toEqual(['OPENAI_API_KEY'])
  expect(variablesOf('claude-sonnet-4-6')).toEqual(['ANTHROPIC_API_KEY'])
  expect(variablesOf('litellm_proxy/x')).toContain('LITELLM_PROXY_API_KEY')
  expect(variablesOf('offline/demo')).toEqual([])
})

describe('init', () => {
  test('puts the server into every client, beside what stands there, and once', async () => {
    const { env, home } = scratch()
    const others: Record<string, string> = {
      'claude-desktop': '{"mcpServers":{"other":{"command":"x"}},"theme":"dark"}',
      'claude-code': '{\n  "projects": { "/p": { "history": [1] } },\n  "mcpServers": {}\n}\n',
      vscode: '{\n  // mine\n  "servers": { "other": { "url": "http://x" } },\n  "inputs": []\n}\n',
      codex: '# mine\nmodel = "o3"\n\n[mcp_servers.other]\ncommand = "x"\n',
      zed: '// mine\n{\n  "theme": "One",\n}\n',
    }
    for (const [name, text] of Object.entries(others)) put(fileOf(name, home), text)
    const args = allNames.flatMap((name) => ['--client', name])
    const first = await init([...args, '--model', 'openai/gpt-4o-mini'], {
      ...env,
      OPENAI_API_KEY: 'sk-never-written',
    })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    for (const client of clients) {
      const path = fileOf(client.name, home)
      const text = read(path)
      expect(text).not.toContain('sk-never-written')
      const after = client.format === 'toml' ? parseToml(text) : parseJsonc(text)
      const before = others[client.name] ?? ''
      const old = client.format === 'toml' ? parseToml(before) : (parseJsonc(before) ?? {})
      const { 'litellm-agents': own, ...rest } = after[client.key]
      expect(own).toMatchObject({ command: process.execPath, args: [program] })
      // VS Code asks for keys: test/reports/people-cli.test.ts.
      const { inputs: _, ...oldRest } = old
      expect({ ...after, [client.key]: rest }).toMatchObject({
        ...oldRest,
        [client.key]: old[client.key] ?? {},
      })
      if (before.includes('mine')) expect(text).toContain(' mine')
      const copies = readdirSync(dirname(path)).filter((file) => file.endsWith('.bak'))
      const saved = copies.filter((file) => join(dirname(path), file).startsWith(path))
      expect(saved.map((file) => read(join(dirname(path), file)))).toEqual(before ? [before] : [])
    }
    expect(JSON.parse(read(fileOf('claude-desktop', home))).theme).toBe('dark')
    for (const name of ['cursor', 'windsurf'])
      expect(read(fileOf(name, home))).toContain(`\${env:OPENAI_API_KEY}`)
    const texts = allNames.map((name) => read(fileOf(name, home)))
    const second = await init([...args, '--model', 'anthropic/other'], env)
    expect(second.code).toBe(0)
    expect(allNames.map((name) => read(fileOf(name, home)))).toEqual(texts)
  })

  test('writes a configuration that the server takes, and never over one', async () => {
    const { env, home } = scratch()
    const config = join(home, 'mine.yaml')
    const args = ['--yes', '--config', config, '--model', 'offline/demo']
    expect((await init(args, env)).code).toBe(0)
    expect(read(config)).toBe(agentsFile('offline/demo'))
    expect(read(config)).toMatch(/^# yaml-language-server: \$schema=/)
    const asked = ['run', 'What is 17 * 23?', '--config', config, '--agent', 'assistant']
    expect((await runProgram(asked, { env })).stdout).toContain('391')
    writeFileSync(config, '# mine\n')
    await init(args, env)
    expect(read(config)).toBe('# mine\n')
  })

  test('--yes takes the clients that are there', async () => {
    const { env, home } = scratch()
    mkdirSync(join(home, '.cursor'))
    await init(['--yes'], env)
    expect(allNames.filter((name) => existsSync(fileOf(name, home)))).toEqual(['cursor'])
  })

  test('--yes without any client names those that --client takes', async () => {
    const { stdout } = await init(['--yes'], scratch().env)
    expect(stdout).toMatch(/No MCP client was found.*--client: .*cursor/)
  })

  test('--dry-run shows what would change, and changes nothing', async () => {
    const { env, home } = scratch()
    put(fileOf('cursor', home), '{}')
    const { code, stdout } = await init(['--client', 'cursor', '--dry-run'], env)
    expect(code).toBe(0)
    expect(stdout).toContain('+     "litellm-agents": {')
    expect(read(fileOf('cursor', home))).toBe('{}')
    expect(readdirSync(home)).toEqual(['.cursor'])
  })

  test('leaves a file that it does not understand, says what to add, and goes on', async () => {
    const { env, home } = scratch()
    put(fileOf('cursor', home), '{ broken')
    const { code, stdout } = await init(['--client', 'cursor', '--client', 'codex'], env)
    expect(code).toBe(1)
    expect(stdout).toContain('Add this to it yourself, under mcpServers')
    expect(read(fileOf('cursor', home))).toBe('{ broken')
    expect(parseToml(read(fileOf('codex', home)))).toHaveProperty('mcp_servers.litellm-agents')
  })

  test.skipIf(process.platform === 'win32')('a link stays one, and rights stay', async () => {
    const { env, home } = scratch()
    const real = join(home, 'dotfiles.json')
    writeFileSync(real, '{}', { mode: 0o640 })
    mkdirSync(join(home, '.cursor'))
    symlinkSync(real, fileOf('cursor', home))
    await init(['--client', 'cursor'], env)
    expect(lstatSync(fileOf('cursor', home)).isSymbolicLink()).toBe(true)
    expect(JSON.parse(read(real))).toHaveProperty('mcpServers')
    expect(lstatSync(real).mode & 0o777).toBe(0o640)
  })

  test.each([
    [[], /needs --client NAME or --yes/],
    [['--client', 'emacs'], /--client knows claude-desktop/],
  ])('%j is a wrong command line', async (args, says) => {
    const { code, stderr } = await init(args, scratch().env)
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
  })
})
