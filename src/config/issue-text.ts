import type * as z from 'zod'

type Issue = z.core.$ZodRawIssue

/** The names of types that people who write YAML or JSON know, by zod's names. */
const typeNames: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/**
 * Returns what a value must be, for an error of the configuration. zod calls it where the schema has
 * no message of its own; `undefined` leaves the message to zod.
 */
export function issueText(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}, not ${kindOf(issue.input)}`
    case 'invalid_value':
      return `must be ${oneOf(issue.values)}`
    case 'invalid_union':
      return `must be ${Array.isArray(issue.options) ? oneOf(issue.options) : eitherOf(issue.errors)}`
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL, such as https://example.com' : undefined
    default:
      return undefined
  }
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>) {
  if (origin === 'number') return `must be ${inclusive ? 'at least' : 'above'} ${minimum}`
  if (minimum === 1) return 'must not be empty'
  return `must have at least ${minimum} ${origin === 'string' ? 'characters' : 'entries'}`
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
}

/** Returns the types that a value of several possible types may have. */
function eitherOf(errors: readonly (readonly z.core.$ZodIssue[])[]): string {
  const names = errors
    .flat()
    .flatMap((issue) => ('expected' in issue ? [typeName(issue.expected)] : []))
  return [...new Set(names)].join(' or ')
}

function typeName(expected: string): string {
  return typeNames[expected] ?? expected
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return Number.isFinite(value) ? `the number ${value}` : 'a number'
  return typeof value === 'boolean' ? String(value) : (typeNames[typeof value] ?? typeof value)
}
