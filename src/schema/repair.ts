import type { JsonValue } from '../util/json.js'

/**
 * Repairs text that is almost JSON, such as one with trailing commas, comments or single quotes.
 * Returns `undefined` if it cannot be repaired.
 */
export async function repairJson(text: string): Promise<JsonValue | undefined> {
  const { jsonrepair } = await import('jsonrepair')
  try {
    return JSON.parse(jsonrepair(text)) as JsonValue
  } catch {
    return undefined
  }
}
