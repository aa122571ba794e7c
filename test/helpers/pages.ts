import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Page {
  path: string
  text: string
  /** Without what stands in code. */
  prose: string
}

const inFolder = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)

/** What people read. */
export const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inFolder].map(
  (path): Page => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, prose: text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '') }
  },
)

interface Snippet {
  /** `README.md:12` */
  at: string
  code: string
}

/** The blocks of code in a language. */
export function snippets(language: string): Snippet[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap((match) => {
      const [, found, code = ''] = match
      const line = text.slice(0, match.index).split('\n').length
      return found === language ? [{ at: `${path}:${line}`, code }] : []
    }),
  )
}
