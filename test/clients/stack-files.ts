import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Stack } from './stacks.js'
import { packageVersion, requirementVersion } from './versions.js'

const folder = fileURLToPath(new URL('stacks', import.meta.url))

/** Returns the path of a file in the environment of a stack. */
export function stackFile({ environment }: Stack, name: string): string {
  return join(folder, environment, name)
}

export const isPython = ({ environment }: Stack): boolean => environment.startsWith('python')

/** Returns the version of a package that the lock of the stack's environment names. */
export function lockedVersion(stack: Stack, name = stack.package): string {
  return isPython(stack)
    ? requirementVersion(stackFile(stack, 'requirements.txt'), name)
    : packageVersion(stackFile(stack, ''), name)
}

/** Returns the code that a user of a stack writes: its driver without what only the test needs. */
export function snippetOf(stack: Stack): string {
  const driver = readFileSync(stackFile(stack, stack.driver), 'utf8')
  const [, code] = driver.split(/^(?:#|\/\/) docs: begin\n/m)
  if (code === undefined) throw new Error(`${stack.driver} has no line "docs: begin"`)
  return code
    .replace(/os\.environ\["LITELLM_AGENTS_URL"\]/, '"http://127.0.0.1:3333/mcp"')
    .replace(/process\.env\.LITELLM_AGENTS_URL/, "'http://127.0.0.1:3333/mcp'")
    .replace(/globals\(\)\[sys\.argv\[1\]\](\)+)$/m, stack.only ? 'stdio$1' : 'stdio$1  # or http')
    .replace(/\{ stdio, http \}\[process\.argv\[2\]\]\)$/m, 'stdio) // or http')
}
