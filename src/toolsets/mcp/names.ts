const maxLength = 64
const separator = '__'

/** Returns `server/tool`, the form for people. The name of a server has no slash; that of a tool may. */
export function toolName(server: string, tool: string): string {
  return `${server}/${tool}`
}

export function splitToolName(name: string): { server: string; tool: string } {
  const slash = name.indexOf('/')
  return { server: name.slice(0, slash), tool: name.slice(slash + 1) }
}

/**
 * Returns the name for providers: `server__tool` if it is short and unambiguous, and otherwise with a
 * hash at the end. It depends only on the tool, so prompts that name it stay the same, and cached.
 */
export function providerName(server: string, tool: string): string {
  const name = toolName(server, tool)
  const plain = `${server}${separator}${tool}`
  const clean = plain.replace(/[^a-zA-Z0-9_-]/g, '_')
  const ambiguous = server.includes(separator) || server.endsWith('_')
  if (clean === plain && plain.length <= maxLength && !ambiguous) return plain
  const hash = process
    .getBuiltinModule('node:crypto')
    .createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, 8)
  return `${clean.slice(0, maxLength - hash.length - 1)}_${hash}`
}
