import type * as z from 'zod'
import { invalidRequest } from '../../agent/errors.js'
import { brokenBound } from '../jsonrpc/json-bounds.js'
import { describeIssue } from './argument-issues.js'
import { argumentSchema, type SchemaName } from './input-schema.js'
import { normalizeArguments } from './normalize-arguments.js'
import { withPlainBlocks } from './prompt-content.js'

/** Limits the members of one call's arguments, which an attacker could use to exhaust the memory. */
const maxElements = 20_000
const maxDepth = 100
/** Limits the arguments that an error names. */
const maxIssues = 20

/**
 * Returns the arguments of a call in the types of their schema. Fails with one `invalidRequest`
 * that names everything wrong.
 */
export function parseArguments<Schema extends z.ZodObject>(
  tool: string,
  schema: Schema,
  published: SchemaName,
  given: unknown,
): z.output<Schema> {
  const normalized = normalizeArguments(given, argumentSchema(published))
  checkBounds(normalized)
  const args = withPlainBlocks(normalized)
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  // After the first issue of a value, the others follow from it.
  const firsts = new Map(parsed.error.issues.toReversed().map((one) => [one.path.join('.'), one]))
  const wrong = [...firsts.values()]
    .toReversed()
    .slice(0, maxIssues)
    .flatMap((issue) => describeIssue(issue, args, argumentSchema(published)))
  throw invalidRequest(
    `Invalid arguments for ${tool}: ${[...new Set(wrong)].join('; ')}.`,
    'Correct them and call again.',
  )
}

function checkBounds(args: unknown): void {
  switch (brokenBound(args, { maxDepth, maxElements })) {
    case 'maxElements':
      throw invalidRequest(
        `The arguments have more than ${maxElements} elements.`,
        'Send less: shorten the lists, or put the data into the prompt as text.',
      )
    case 'maxDepth':
      throw invalidRequest(
        `The arguments are nested deeper than ${maxDepth} levels.`,
        'Send flatter arguments, or put the data into the prompt as text.',
      )
  }
}
