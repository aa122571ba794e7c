const maxLength = 64
const separator = '__'

/** `server/tool`: what people read and write. A server's name has no slash, a tool's may. */
export function toolName(server: string, tool: string): string {
  return `${server}/${tool}`
}

export function splitToolName(name: string): { server: string; tool: string } {
  const slash = name.indexOf('/')
  return { server: name.slice(0, slash), tool: name.slice(slash + 1) }
}

/**
 * The name that providers are given: `server__tool` where that fits and can mean no other tool, else
 * with a hash at its end. It depends on nothing but the tool itself, so prompts that name it stay
 * the same, and cached, whatever other tools there are.
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
