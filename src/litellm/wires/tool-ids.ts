const taken = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * A tool call's id as Anthropic's and Bedrock's wires take it. Ids of other providers may be longer,
 * or hold other characters: each goes under a name of its own, the same for a call and its result.
 */
export function sentToolId(id: string): string {
  if (taken.test(id)) return id
  const { createHash } = process.getBuiltinModule('node:crypto')
  return `tooluse_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
}
