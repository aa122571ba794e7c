import { basename } from 'node:path'

const name = 'litellm-agents-mcp'

/** Pure. How a person starts this program again, from how it was started. */
export function ownCommand(program: string): string {
  if (/[\\/]_npx[\\/]/.test(program)) return `npx ${name}`
  return basename(program, '.cmd') === name ? name : `node ${program}`
}
