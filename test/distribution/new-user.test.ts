import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { parse as parseJsonc } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { beforeAll, describe, expect, test } from 'vitest'
import { clients, placeOf } from '../../src/cli/init/clients.js'
import { temporaryFolder } from '../helpers/config-file.js'

/* From the packed tarball, in an empty folder, with nothing of the clone in reach. */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const inspector = join(root, 'test/clients/node_modules/.bin/mcp-inspector')

interface Start {
  command: string
  args: string[]
  env?: Record<string, string>
}

interface Installed {
  folder: string
  env: Record<string, string>
}

let tarball: string
let npm: string
let node24: string

beforeAll(async () => {
  node24 = (await run('bash', [join(root, 'scripts/node24.sh')])).stdout.trim()
  npm = realpathSync((await run('bash', ['-c', 'command -v npm'])).stdout.trim())
  const folder = temporaryFolder()
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
  })
  const [packed] = JSON.parse(stdout)
  tarball = join(folder, packed.filename)
})

/** Installs the tarball with that Node, and makes it the one of a shell. */
async function install(node: string): Promise<Installed> {
  const folder = temporaryFolder()
  const home = join(folder, 'home')
  mkdirSync(home)
  const bin = join(folder, 'node_modules/.bin')
  const env = { PATH: [bin, dirname(node), process.env.PATH].join(delimiter), HOME: home }
  const quick = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  // With the settings of whoever runs the tests: the registry may be a mirror.
  await run(node, [npm, 'install', ...quick, tarball], { cwd: folder, env: process.env })
  return { folder, env }
}

async function toolsOf({ command, args, env }: Start, { folder, ...installed }: Installed) {
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({
      command,
      args,
      env: { ...installed.env, ...env },
      cwd: folder,
      stderr: 'ignore',
    }),
  )
  try {
    const { tools } = await client.listTools()
    const answer = await client.callTool({ name: 'run_agent', arguments: { prompt: 'Hi' } })
    return { names: tools.map(({ name }) => name), answer }
  } finally {
    await client.close()
  }
}

describe.each(['the Node at hand', 'Node 24'])('with %s', (which) => {
  const node = () => (which === 'Node 24' ? node24 : process.execPath)
  let here: Installed
  const shell = (line: string) =>
    run('bash', ['-c', `exec ${line}`], { cwd: here.folder, env: here.env })

  beforeAll(async () => {
    here = await install(node())
  }, 180_000)

  test('an installation adds no other package and takes at most 5 MB', () => {
    const modules = join(here.folder, 'node_modules')
    const packages = readdirSync(modules).filter((name) => !name.startsWith('.'))
    expect(packages).toEqual(['litellm-agents-mcp'])
    const files = readdirSync(modules, { recursive: true, withFileTypes: true })
    const sizes = files
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).size)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000_000)
  })

  test('init, doctor and run', async () => {
    const names = ['claude-desktop', 'vscode', 'codex']
    const flags = names.map((name) => `--client ${name}`).join(' ')
    await shell(`litellm-agents-mcp init ${flags} --model offline/demo`)

    const place = placeOf(process.platform, {}, here.env.HOME ?? '')
    for (const client of clients.filter(({ name }) => names.includes(name))) {
      const text = readFileSync(client.file(place), 'utf8')
      const parsed = client.format === 'toml' ? parseToml(text) : parseJsonc(text)
      const { names: tools, answer } = await toolsOf(parsed[client.key]['litellm-agents'], here)
      expect(tools).toContain('run_agent')
      // The model is that of the agents.yaml which init wrote.
      expect(answer.structuredContent).toMatchObject({ modelId: 'offline/demo' })
    }

    const { stdout: found } = await shell('litellm-agents-mcp doctor')
    const version = (await run(node(), ['--version'])).stdout.trim().slice(1)
    expect(found).toContain(`Node: ${version}`)
    expect(found).toContain('No problems found.')
    const asked = await shell('litellm-agents-mcp run "What is 17 * 23?" --tool calculator')
    expect(asked.stdout).toContain('391')
    expect(asked.stderr).toContain('→ calculator')
  }, 60_000)

  test('the inspector with --strict lists the tools without a warning', async () => {
    const command = realpathSync(join(here.folder, 'node_modules/.bin/litellm-agents-mcp'))
    const args = [inspector, '--cli', node(), command, '--method', 'tools/list', '--strict']
    const { stderr, stdout } = await run(node24, args, { cwd: here.folder, env: here.env })
    expect(stderr).not.toContain('Warning')
    const { tools } = JSON.parse(stdout)
    expect(tools.map(({ name }: { name: string }) => name)).toContain('structured_extract')
  })

  test.each([
    ['VS Code', fromVsCode],
    ['Cursor', fromConfig],
    ['LM Studio', fromConfig],
  ])('the link for %s names what starts', async (client, decoded) => {
    const readme = readFileSync(join(here.folder, 'node_modules/litellm-agents-mcp/README.md'))
    const link = new RegExp(`\\[Install in ${client}\\]\\((\\S+)\\)`).exec(String(readme))?.[1]
    const start = decoded(new URL(link ?? ''))
    expect(start).toMatchObject({ command: 'npx', args: ['-y', 'litellm-agents-mcp'] })
    const { answer } = await toolsOf(start, here)
    expect(answer.structuredContent).toMatchObject({
      status: 'completed',
      modelId: 'offline/demo',
    })
  })
})

/** As VS Code reads it, with its user pressing Enter at each question. */
function fromVsCode(link: URL): Start {
  const inner = link.searchParams.get('url') ?? ''
  expect(inner).toMatch(/^vscode:mcp\/install\?/)
  const { inputs, ...entry } = JSON.parse(decodeURIComponent(inner.slice(inner.indexOf('?') + 1)))
  let text = JSON.stringify(entry)
  for (const { id, default: value = '' } of inputs) text = text.replaceAll(`\${input:${id}}`, value)
  expect(text).not.toContain(`\${input:`)
  return JSON.parse(text)
}

/** As Cursor and LM Studio read it. */
function fromConfig(link: URL): Start {
  expect(link.searchParams.get('name')).toBe('litellm-agents')
  return JSON.parse(Buffer.from(link.searchParams.get('config') ?? '', 'base64').toString())
}
