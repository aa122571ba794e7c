import type * as z from 'zod'
import { cutText } from '../../util/cut-text.js'
import { nearest, pathText } from '../../util/nearest-name.js'
import type { ArgumentSchema } from './normalize-arguments.js'

/** Limits the unknown names that an error lists, and the characters of each. */
const maxNames = 10
const maxNameChars = 100

/** Returns what is wrong with one argument, and what is correct, in words that a model knows. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  args: unknown,
  schema: ArgumentSchema,
  base: readonly PropertyKey[] = [],
): string[] {
  const path = [...base, ...issue.path]
  const at = pathText(
    path.map((part) => (typeof part === 'string' ? cutText(part, maxNameChars) : part)),
  )
  if (issue.code === 'unrecognized_keys')
    return [unknownNames(issue.keys, at, memberNames(schema, path))]
  if (valueAt(args, path) === undefined) return [`${at} is required`]
  if (issue.code === 'invalid_union') {
    // The branch whose root fits is the one that was meant.
    const meant = issue.errors.find((errors) => errors.every(({ path }) => path.length > 0))
    if (meant) return meant.flatMap((inner) => describeIssue(inner, args, schema, path))
    const expected = issue.errors.flat().flatMap((inner) => expectedType(inner))
    return [`${at} must be ${expected.join(' or ')}`]
  }
  return [`${at || 'the arguments'} ${complaint(issue)}`]
}

function unknownNames(keys: readonly string[], at: string, names: readonly string[]): string {
  const shown = keys.slice(0, maxNames)
  const near = shown.map((key) => nearest(key, names)).find((name) => name !== undefined)
  const more = keys.length > shown.length ? ' and others' : ''
  const unknown = `${shown.map((key) => JSON.stringify(cutText(key, maxNameChars))).join(', ')}${more}`
  if (near !== undefined) return `${subject(at)} no ${unknown} (did you mean "${near}"?)`
  // The names of the arguments are many, and the caller has them in the input schema.
  return `${subject(at)} no ${unknown}${at === '' ? '' : `, only ${names.join(', ')}`}`
}

function subject(at: string): string {
  return at === '' ? 'there is' : `${at} has`
}

function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${expectedType(issue).join('')}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_format':
      return issue.format === 'url' ? 'must be a URL' : issue.message
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty'
      return issue.inclusive ? `must be ${issue.minimum} or more` : `must be above ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`
    default:
      return issue.message
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
  record: 'a JSON object',
}

function expectedType(issue: z.core.$ZodIssue): string[] {
  return issue.code === 'invalid_type' ? [typeNames[issue.expected] ?? issue.expected] : []
}

/** Returns the names that an object inside the arguments may have. */
function memberNames(schema: ArgumentSchema, path: readonly PropertyKey[]): string[] {
  const found = path.reduce<ArgumentSchema | undefined>((outer, part) => {
    const list = outer?.anyOf?.find(({ items }) => items) ?? outer
    return typeof part === 'number' ? list?.items : outer?.properties?.[String(part)]
  }, schema)
  return Object.keys(found?.properties ?? {})
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  )
}
