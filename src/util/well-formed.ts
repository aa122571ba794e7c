/** The replacement character, U+FFFD, in the escaped form of JSON text. */
const replacement = '\\ufffd'
/** Matches a surrogate pair, a lone surrogate, or any other escape. */
const escapes =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/g

/**
 * Returns JSON text in which no string contains a lone surrogate: U+FFFD replaces each one. Many
 * parsers refuse a whole message because of one lone surrogate. JSON text that was decoded from
 * UTF-8, or that `JSON.stringify` wrote, can contain them only as escapes.
 */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud') && !json.includes('\\uD')) return json
  return json.replace(escapes, (found, lone?: string) => (lone ? replacement : found))
}

/**
 * Returns plain data in which no string and no key contains a lone surrogate: U+FFFD replaces each
 * one. Data without lone surrogates is returned as it is, not as a copy.
 */
export function wellFormed<Value>(value: Value): Value
export function wellFormed(value: unknown): unknown {
  return isWellFormed(value) ? value : repaired(value)
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (Array.isArray(value)) return value.every(isWellFormed)
  if (!isPlainObject(value)) return true
  for (const key in value) if (!key.isWellFormed() || !isWellFormed(value[key])) return false
  return true
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(repaired)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toWellFormed(), repaired(member)]),
  )
}

/**
 * Returns whether a value is plain data. Bytes and class instances are not, and are returned
 * unchanged.
 */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
