import { toolNamePattern } from '../../agent/tools/tool.js'

const taken = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Returns a tool call's id in the form that the Anthropic and Bedrock wires accept. Ids of other
 * providers may be longer or contain other characters. Each such id is replaced by a hash, which is
 * the same for a call and its result.
 */
export function sentToolId(id: string): string {
  if (taken.test(id)) return id
  const { createHash } = process.getBuiltinModule('node:crypto')
  return `tooluse_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
}

/**
 * Returns a tool's name in the form that providers accept. An invalid name that a model wrote is
 * replaced by a marker.
 */
export function sentToolName(name: string): string {
  return toolNamePattern.test(name) ? name : 'INVALID_TOOL_NAME'
}

/** Replaces an image from another model if an assistant turn cannot contain images. */
export const madeImageText = '[image]'
