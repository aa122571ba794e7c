import type * as z from 'zod'
import { invalidRequest } from '../../agent/errors.js'
import { nearest, pathText } from '../../util/nearest-name.js'
import { withPlainBlocks } from './prompt-content.js'

/** The arguments of a call, checked. Fails with one `invalidRequest` that names everything wrong. */
export function parseArguments<Schema extends z.ZodObject>(
  tool: string,
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const args = withPlainBlocks(given)
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.flatMap((issue) => describe(issue, args, schema))
  throw invalidRequest(
    `Invalid arguments for ${tool}: ${[...new Set(wrong)].join('; ')}.`,
    `Mend the arguments and call again: ${tool} takes ${Object.keys(schema.shape).join(', ')}.`,
  )
}

function describe(
  issue: z.core.$ZodIssue,
  args: unknown,
  schema: z.ZodObject,
  base: readonly PropertyKey[] = [],
): string[] {
  const path = [...base, ...issue.path]
  const at = pathText(path)
  if (issue.code === 'unrecognized_keys') {
    const near = path.length === 0 && nearest(issue.keys[0] as string, Object.keys(schema.shape))
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ')
    return [
      `${at ? `${at} has` : 'there is'} no ${keys}${near ? ` (did you mean "${near}"?)` : ''}`,
    ]
  }
  if (valueAt(args, path) === undefined) return [`${at} is required`]
  if (issue.code === 'invalid_union') {
    // The branch whose root fits is the one that was meant.
    const meant = issue.errors.find((errors) => errors.every(({ path }) => path.length > 0))
    if (meant) return meant.flatMap((inner) => describe(inner, args, schema, path))
    const expected = issue.errors.flat().map((inner) => 'expected' in inner && inner.expected)
    return [`${at} must be ${expected.filter(Boolean).join(' or ')}`]
  }
  return [`${at || 'the arguments'} ${complaint(issue)}`]
}

function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be above ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    default:
      return issue.message
  }
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
