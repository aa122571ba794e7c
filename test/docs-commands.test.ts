import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './helpers/config-file.js'
import { pages, snippets } from './helpers/pages.js'
import { program } from './helpers/program.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

/** Lines that are not run here, and why. */
const unrun: readonly [RegExp, string][] = [
  [/^npm (ci|test)\b/, 'the test suite is run by them'],
  [
    /^npm run \S+/,
    'scripts have tests of their own; that there is one of the name is a test below',
  ],
  [/^npm (install|pack|publish)\b/, 'packages come from a registry'],
  [/^npx tsx \S+/, 'scripts and examples have tests of their own; the file is looked for below'],
  [/^DATABASE_URL=/, 'needs a PostgreSQL: test/runs/nodes.test.ts'],
  [/^(docker|kubectl|helm|curl|cd|cp|export|openssl|code|claude) /, 'programs of others'],
  [/main\.js init$/, 'asks at a terminal'],
  [/^git [^|]*$/, 'a program of others'],
  [/^bash (scripts|\.ci)\//, 'the set-up of the tests, and CI'],
]

interface Line {
  at: string
  line: string
}

/** Commands as a shell reads them, one each. */
const lines = snippets('sh').flatMap(({ at, code }) =>
  code
    .replaceAll('\\\n', ' ')
    .split(/\n| && /)
    .map((line): Line => ({ at, line: line.replace(/(^|\s)#.*$/, '').trim() }))
    .filter(({ line }) => line !== ''),
)
const ours = /(^|\s)(node \S*dist\/main\.js|(npx (-y )?)?litellm-agents-mcp)(?<args>(\s.*)?)$/
const isRun = ({ line }: Line) => ours.test(line) && !unrun.some(([pattern]) => pattern.test(line))
const argumentsOf = (line: string) => ours.exec(line)?.groups?.args?.trim() ?? ''
const isServer = (line: string) =>
  /^(http\b|-|$)/.test(argumentsOf(line)) && !/--(help|version)/.test(line)

let folder: string
let env: Record<string, string>

/** A folder that looks like a clone, a home with nothing in it, and the program on the path. */
beforeAll(async () => {
  folder = temporaryFolder()
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await symlink(program, join(bin, 'litellm-agents-mcp'))
  await writeFile(join(bin, 'npx'), '#!/bin/sh\n[ "$1" = -y ] && shift\nexec "$@"\n')
  await chmod(join(bin, 'npx'), 0o755)
  await symlink(join(root, 'dist'), join(folder, 'dist'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true })
  await writeFile(join(folder, 'invoice.pdf'), '%PDF-1.4\n')
  const schema = { type: 'object', properties: { total: { type: 'number' } } }
  await writeFile(join(folder, 'invoice.schema.json'), JSON.stringify(schema))
  const agents = { reviewer: { description: 'Reviews', modelId: 'offline/demo' } }
  await writeFile(join(folder, 'agents.json'), JSON.stringify({ agents }))
  env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    LITELLM_AGENTS_MODEL_ID: 'offline/demo',
    // For doctor, which makes no calls.
    ANTHROPIC_API_KEY: 'sk-ant-test',
  }
})

test('every line is run, or on the list of those that are not', () => {
  expect(lines.length).toBeGreaterThan(10)
  const unknown = lines.filter(
    (one) => !isRun(one) && !unrun.some(([pattern]) => pattern.test(one.line)),
  )
  expect(unknown).toEqual([])
})

const commands = lines.filter(isRun)

test.each(commands.filter(({ line }) => !isServer(line)))('$at: $line', async ({ line }) => {
  // The scripted model stands in for models that need a key.
  const offline = /\bdoctor\b/.test(line)
    ? line
    : line.replace(/--model[ =]\S+/, '--model offline/demo')
  const named = line.includes('--agent ') && { LITELLM_AGENTS_CONFIG: join(folder, 'agents.json') }
  const ended = run('bash', ['-c', offline], { cwd: folder, env: { ...env, ...named } })
  ended.child.stdin?.end()
  const { stdout, code } = await ended.then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  // What doctor finds wrong with this machine is no fault of the line.
  if (/\bdoctor$/.test(line)) expect([0, 1]).toContain(code)
  else expect(code).toBe(0)
  expect(stdout).not.toBe('')
})

test.each(commands.filter(({ line }) => isServer(line)))('$at: $line', async ({ line }) => {
  const overHttp = argumentsOf(line).startsWith('http')
  const child = spawn('bash', ['-c', `exec env ${line}${overHttp ? ' --port 0' : ''}`], {
    cwd: folder,
    env,
  })
  const hello = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    },
  }
  try {
    if (!overHttp) child.stdin.write(`${JSON.stringify(hello)}\n`)
    const [pattern, stream] = overHttp
      ? [/Listening on (http\S+)\/mcp/, child.stderr]
      : [/"serverInfo"/, child.stdout]
    const found = await firstMatch(stream, pattern)
    if (overHttp) expect((await fetch(`${found[1]}/healthz`)).status).toBe(200)
  } finally {
    child.kill('SIGKILL')
  }
})

async function firstMatch(
  stream: AsyncIterable<Buffer>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = ''
  for await (const part of stream) {
    text += String(part)
    const found = pattern.exec(text)
    if (found) return found
  }
  throw new Error(`It ended before ${pattern}: ${text}`)
}

describe('snippets that Python reads', () => {
  const python = join(root, '.venv-test/bin/python')

  test('TOML ones are TOML', async () => {
    const all = snippets('toml')
    expect(all.length).toBeGreaterThan(0)
    const check = 'import sys, tomllib; tomllib.loads(sys.argv[1])'
    for (const { code } of all) await run(python, ['-c', check, code])
  })
})

describe('what is named in the text', () => {
  const text = pages.map((page) => page.text).join('\n')

  test('npm scripts are there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]*\w)/g)].map(([, name]) => name)
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((name = '') => !(name in scripts))).toEqual([])
  })

  test('files of commands are there', () => {
    const named = [...text.matchAll(/(?:npx tsx|node|bash) ((?:scripts|examples|\.ci)\/[\w./-]+)/g)]
    expect(named.length).toBeGreaterThan(2)
    expect(
      named.map(([, file = '']) => file).filter((file) => !existsSync(join(root, file))),
    ).toEqual([])
  })
})
