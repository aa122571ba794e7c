import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { variables } from '../scripts/variables.js'
import { parseConfigFile } from '../src/config/file.js'
import { resolveConfig } from '../src/config/resolve.js'
import { readerOf } from './helpers/config-reader.js'
import { pages, snippets } from './helpers/pages.js'
import { sourceTexts } from './helpers/source-texts.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

describe('snippets', () => {
  let folder: string | undefined
  afterAll(async () => {
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  test('TypeScript ones fit the built package', async () => {
    // Inside the project, so that the package's own name leads to what was built.
    const parent = join(root, '.tmp')
    await mkdir(parent, { recursive: true })
    folder = await mkdtemp(join(parent, 'snippets-'))
    const all = snippets('ts')
    expect(all.length).toBeGreaterThan(8)
    for (const { at, code } of all)
      await writeFile(join(folder, `${at.replace(/[^\w]+/g, '_')}.ts`), `// ${at}\n${code}`)
    const config = { extends: relative(folder, join(root, 'tsconfig.json')), include: ['*.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const output = await run(process.execPath, [tsc, '-p', folder, '--pretty', 'false']).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    )
    expect(output).toBe('')
  })

  test('JSON ones are JSON', () => {
    const all = snippets('json')
    expect(all.length).toBeGreaterThan(0)
    for (const { at, code } of all) expect(() => JSON.parse(code), at).not.toThrow()
  })

  test('YAML ones are configurations that hold', () => {
    const all = snippets('yaml')
    expect(all.length).toBeGreaterThan(1)
    const keys = { LITELLM_PROXY_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', TRACKER_TOKEN: 'k' }
    const env = { ...keys, ALICE_TOKEN: 'a-token-of-alice' }
    for (const { at, code } of all)
      expect(
        () =>
          resolveConfig({
            file: parseConfigFile(
              at,
              code,
              env,
              readerOf(() => 'A prompt.'),
            ),
            env,
          }),
        at,
      ).not.toThrow()
  })
})

describe('environment variables', () => {
  const read = sourceTexts('src').flatMap((text) =>
    [...text.matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b/g)].map(([, name = '']) => name),
  )

  test('those in the table are read somewhere', () => {
    const code = sourceTexts('src').join('\n')
    for (const name of Object.keys(variables)) expect(code).toContain(name)
  })

  test('those that are read are told of', () => {
    // Where systems and clients keep files, and what terminals are asked.
    const known =
      /^(HOME|USERPROFILE|PATH|APPDATA|LOCALAPPDATA|XDG_\w+|\w+_CONFIG_DIR|CODEX_HOME|NO_COLOR|FORCE_COLOR|TERM|CI)$/
    const told = new Set([
      ...Object.keys(variables),
      ...pages.flatMap(({ text }) => text.match(/\b[A-Z][A-Z0-9_]{3,}\b/g) ?? []),
    ])
    expect(read.length).toBeGreaterThan(10)
    expect(read.filter((name) => !told.has(name) && !known.test(name))).toEqual([])
  })
})

test('every local link leads somewhere', () => {
  const broken = pages.flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^[a-z]+:/.test(target)) return []
      const [file = '', anchor] = target.split('#')
      const place = file === '' ? path : join(dirname(path), file)
      const found = existsSync(join(root, place)) && (!anchor || headings(place).includes(anchor))
      return found ? [] : [`${path}: ${target}`]
    }),
  )
  expect(broken).toEqual([])
})

/** The anchors that a page's headings are known by. */
function headings(path: string): string[] {
  const text = pages.find((page) => page.path === path)?.text ?? ''
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}
