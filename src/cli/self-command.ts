import { basename } from 'node:path'

const name = 'litellm-agents-mcp'

/** Returns the command with which a user starts this program again, from how it was started. Pure. */
export function selfCommand(program: string): string {
  if (/[\\/]_npx[\\/]/.test(program)) return `npx ${name}`
  return basename(program, '.cmd') === name ? name : `node ${program}`
}
