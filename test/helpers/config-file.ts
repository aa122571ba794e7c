import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder, gone with the process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'litellm-agents-'))
  folders.push(folder)
  return folder
}

/** A configuration file in a folder of its own, gone with the process. */
export function configFile(content: string | object, name = 'agents.yaml'): string {
  const path = join(temporaryFolder(), name)
  // JSON is YAML.
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
