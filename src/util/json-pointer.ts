import type { JsonObject, JsonValue } from './json.js'

/**
 * Returns the value that a `$ref` within a schema points to; `undefined` if it points to nothing in
 * it.
 */
export function resolvePointer(ref: string, root: JsonObject): JsonValue | undefined {
  const parts = partsOf(ref)
  if (!parts) return undefined
  let found: JsonValue | undefined = root
  for (const part of parts) {
    if (typeof found !== 'object' || found === null) return undefined
    found = Object.hasOwn(found, part) ? (found as JsonObject)[part] : undefined
  }
  return found
}

export function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function partsOf(ref: string): string[] | undefined {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined
  try {
    return decodeURIComponent(ref.slice(1)).split('/').slice(1).map(unescapePointer)
  } catch {
    // The text contains a % without a valid code after it.
    return undefined
  }
}
