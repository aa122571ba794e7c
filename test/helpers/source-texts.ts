import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The TypeScript below a folder, file by file. */
export function sourceTexts(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return entries
    .filter((entry) => entry.endsWith('.ts'))
    .map((entry) => readFileSync(join(folder, entry), 'utf8'))
}
