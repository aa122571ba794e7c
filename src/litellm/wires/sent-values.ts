import { toolNamePattern } from '../../agent/tools/tool.js'

/**
 * Returns a tool's name in the form that providers accept. An invalid name that a model wrote is
 * replaced by a marker.
 */
export function sentToolName(name: string): string {
  return toolNamePattern.test(name) ? name : 'INVALID_TOOL_NAME'
}

/** Replaces an image from another model if an assistant turn cannot contain images. */
export const madeImageText = '[image]'
