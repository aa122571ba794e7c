import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { routesText } from '../scripts/routes.js'
import { parseConfigFile } from '../src/config/file.js'
import { resolveConfig } from '../src/config/resolve.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

interface Page {
  path: string
  text: string
  /** Without what stands in code. */
  prose: string
}

const inFolder = readdirSync(join(root, 'docs'), { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => `docs/${name}`)
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inFolder].map((path): Page => {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, prose: text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '') }
})

interface Snippet {
  /** `README.md:12` */
  at: string
  code: string
}

function snippets(language: string): Snippet[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap((match) => {
      const [, found, code = ''] = match
      const line = text.slice(0, match.index).split('\n').length
      return found === language ? [{ at: `${path}:${line}`, code }] : []
    }),
  )
}

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
        () => resolveConfig({ file: parseConfigFile(at, code, env, () => 'A prompt.'), env }),
        at,
      ).not.toThrow()
  })
})

test('the table of routes is that of the code', () => {
  const page = pages.find(({ path }) => path === 'docs/routes.md')
  // If it is not: npx tsx scripts/routes.ts
  expect(page?.text).toContain(routesText())
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
