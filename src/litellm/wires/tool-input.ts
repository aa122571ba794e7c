import { isJsonObject, type JsonValue } from '../../agent/content.js'

/** The arguments a model wrote; what is no JSON object is kept as it was, for the model to be told. */
export function parsedInput(text: string): { input: JsonValue; rawInput?: string } {
  if (text.trim() === '') return { input: {} }
  try {
    const input: JsonValue = JSON.parse(text)
    return isJsonObject(input) ? { input } : { input, rawInput: text }
  } catch {
    return { input: text, rawInput: text }
  }
}
