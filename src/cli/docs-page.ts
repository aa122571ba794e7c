import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** Returns where a page of the documentation is: in the installed package, or at its address. */
export function docsPage(name: string): string {
  const program = process.argv[1] ?? ''
  const path = existsSync(program) ? join(realpathSync(program), '../../docs', name) : ''
  return existsSync(path) ? path : `https://unpkg.com/litellm-agents-mcp/docs/${name}`
}
