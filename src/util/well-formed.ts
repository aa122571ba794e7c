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
 * one. Parts without lone surrogates are the same objects as before.
 */
export function wellFormed<Value>(value: Value): Value
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) {
    const items = value.map((item) => wellFormed(item))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (!isPlainObject(value)) return value
  const entries = Object.entries(value)
  let changed = false
  for (const entry of entries) {
    const [key, member] = entry
    entry[0] = key.toWellFormed()
    entry[1] = wellFormed(member)
    changed ||= entry[0] !== key || entry[1] !== member
  }
  return changed ? Object.fromEntries(entries) : value
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
