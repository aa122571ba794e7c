import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)

/** Puts text between the markers of that name in a Markdown file. */
export async function writeGenerated(path: string, name: string, text: string): Promise<void> {
  const file = new URL(path, root)
  const before = await readFile(file, 'utf8')
  const [start, end] = [`<!-- ${name}: made by scripts/${name}.ts -->`, `<!-- /${name} -->`]
  const from = before.indexOf(start)
  const to = before.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${path} has no markers for ${name}.`)
  const after = `${before.slice(0, from + start.length)}\n\n${text}\n\n${before.slice(to)}`
  if (after !== before) await writeFile(file, after)
}

/** Whether a module is the program that was started, rather than imported. */
export function isProgram(moduleUrl: string): boolean {
  return process.argv[1] === fileURLToPath(moduleUrl)
}

/** A Markdown table; the first row is its head. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
