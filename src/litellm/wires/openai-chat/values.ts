import type { JsonValue } from '../../../util/json.js'

/** Strands' text for a tool result whose image is sent in the next user message. */
export const imageNotice =
  'Tool successfully returned an image. The image is being provided in the following user message.'

/**
 * Returns JSON with a space after colons and commas, byte for byte as LiteLLM's Python code writes
 * it.
 */
export function spacedJson(value: JsonValue): string {
  return JSON.stringify(value, null, 1)
    .replace(/,\n\s*/g, ', ')
    .replace(/\n\s*/g, '')
}
