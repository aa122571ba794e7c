import { isJsonObject } from '../../util/json.js'

/** What a value must be, by the name of its type in the SDK's schemas. */
const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}
/** An issue as the SDK writes it into the message for a handler with a schema of its own. */
const inlineIssue = /(?<![\w.[\]])([\w.[\]]+): Invalid input: expected (\w+), received (\w+)/g
const maxProblems = 5

interface Issue {
  code: string
  path: readonly (string | number)[]
  message: string
  expected?: string
  values?: readonly unknown[]
  keys?: readonly string[]
  errors?: readonly (readonly Issue[])[]
}

/**
 * Returns a sentence on the invalid params that the SDK found, or `undefined` if its error message
 * is about something else. The SDK puts its schema library's list of issues, as JSON, into the
 * message.
 */
export function paramsProblem(message: string): string | undefined {
  const listed = [...message.matchAll(inlineIssue)].map(([, name, expected = '', received]) =>
    received === 'undefined'
      ? `${name} is required`
      : `${name} must be ${typeWords[expected] ?? 'different'}`,
  )
  if (listed.length > 0) return `${listed.join('; ')}.`
  const start = message.indexOf('[')
  if (start === -1) return undefined
  try {
    const issues: unknown = JSON.parse(message.slice(start))
    return isIssues(issues) ? sentence(issues) : undefined
  } catch {
    return undefined
  }
}

function isIssues(value: unknown): value is Issue[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((issue) => isJsonObject(issue) && Array.isArray(issue.path))
  )
}

function sentence(issues: readonly Issue[]): string {
  const problems = issues.slice(0, maxProblems).map(problem)
  return `${problems.join('; ')}.`
}

function problem({ code, errors, expected, keys, message, path, values }: Issue): string {
  const name = pathText(path)
  if (/received undefined$/.test(message)) return `${name} is required`
  if (code === 'invalid_type' && expected)
    return `${name} must be ${typeWords[expected] ?? 'different'}`
  if (code === 'invalid_value' && values) return `${name} must be one of ${values.join(', ')}`
  if (code === 'unrecognized_keys' && keys)
    return `${name} has the unknown members ${keys.join(', ')}`
  // Of a union, the branch with the fewest problems is the one that was meant.
  const [nearest] = [...(errors ?? [])].sort((one, other) => one.length - other.length)
  if (nearest?.[0]) return problem({ ...nearest[0], path: [...path, ...nearest[0].path] })
  return `${name} is not valid`
}

/** The path of a member in the params, as `a.b[0]`. */
function pathText(path: readonly (string | number)[]): string {
  const [first, ...rest] = path[0] === 'params' && path.length > 1 ? path.slice(1) : path
  if (first === undefined) return 'params'
  return rest.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${part}`),
    String(first),
  )
}
