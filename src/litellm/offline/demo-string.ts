import type { JsonObject, JsonValue } from '../../util/json.js'

const formats: Record<string, string> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T12:00:00Z',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'demo@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

const patternGuesses = ['12345', '123', '1', '2026-01-01', 'ABC', 'abc', 'AB', 'A1', '#000000']

/**
 * Returns a string that matches its schema. It is a value of the schema's format or pattern, or
 * else the fact, or else descriptive text.
 */
export function demoString(
  { format, pattern, minLength, maxLength }: JsonObject,
  name: string,
  fact: string | undefined,
  label: string,
): string {
  const known = typeof format === 'string' ? formats[format] : undefined
  if (known !== undefined) return known
  if (typeof pattern === 'string') return matching(pattern) ?? name
  const short = typeof maxLength === 'number' ? maxLength : Infinity
  const text = fact ?? `demo ${name}`
  const free = fact === undefined || name === 'summary'
  const full = free && text.length + label.length < short ? `${text} ${label}` : text
  return full.slice(0, short).padEnd(lengthOf(minLength), '.')
}

function matching(pattern: string): string | undefined {
  try {
    const expression = new RegExp(pattern, 'u')
    return patternGuesses.find((guess) => expression.test(guess))
  } catch {
    return undefined
  }
}

const lengthOf = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0)
