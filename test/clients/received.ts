import type { JsonObject } from '../helpers/fake-provider/index.js'

/**
 * Returns all text that a model received except what it had said itself: its last request, with JSON that is
 * inside of text unescaped.
 */
export function receivedText(request: JsonObject): string {
  const messages: JsonObject[] = request.messages ?? request.contents ?? []
  const received = messages.filter(({ role }) => role !== 'assistant' && role !== 'model')
  return texts(received).join('\n')
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value.replace(/\\+"/g, '"').replaceAll('\\n', '\n')]
  if (Array.isArray(value)) return value.flatMap(texts)
  // Google's wire carries a tool's result as an object; the others as text.
  if (value !== null && typeof value === 'object')
    return 'functionResponse' in value
      ? texts(JSON.stringify(value.functionResponse))
      : Object.values(value).flatMap(texts)
  return []
}

/** Whether each member of an object is in the text, as JSON or as Python prints it. */
export function hasObject(text: string, object: JsonObject): boolean {
  return Object.entries(object).every(([name, value]) =>
    new RegExp(`["']${name}["']: ?["']?${value}\\b`).test(text),
  )
}
