import type { ValidationIssue } from '../agent/validator.js'
import { cutText } from '../util/cut-text.js'
import { unescapePointer } from '../util/json-pointer.js'

/** One failed keyword: the members of ajv's error object that are used here. */
export interface KeywordError {
  keyword: string
  instancePath: string
  schemaPath: string
  params: Record<string, unknown>
  message?: string
}

const maxIssues = 20
const maxRead = 200
/** Limits a name in a path, because a model may invent a long one. */
const maxNameChars = 200
const unions = ['anyOf', 'oneOf']

/** Converts keyword errors to issues that a model can act on: where, and what is expected. */
export function describeErrors(errors: readonly KeywordError[]): ValidationIssue[] {
  const issues = new Map<string, ValidationIssue>()
  const read = errors.slice(0, maxRead)
  for (const error of read) {
    if (!isUseful(error, read)) continue
    const issue = describeError(error)
    // The expectations of a union's branches for one value are alternatives, so they form one issue.
    const union = read.find((candidate) => isUnion(candidate, error))
    const key = JSON.stringify([issue.path, union?.schemaPath ?? issue.message])
    const earlier = issues.get(key)
    if (!earlier) issues.set(key, issue)
    else if (!earlier.message.split(' or ').includes(issue.message))
      earlier.message += ` or ${issue.message}`
  }
  const all = [...issues.values()]
  if (all.length <= maxIssues) return all
  const more = { path: '', message: `there are ${all.length - maxIssues} more errors` }
  return [...all.slice(0, maxIssues), more]
}

/** Omits the errors of `if`, and of a union whose branches have their own errors. */
function isUseful(error: KeywordError, errors: readonly KeywordError[]): boolean {
  if (error.keyword === 'if') return false
  return !unions.includes(error.keyword) || !errors.some((branch) => isUnion(error, branch))
}

function isUnion(union: KeywordError, branch: KeywordError): boolean {
  return (
    unions.includes(union.keyword) &&
    branch.schemaPath.startsWith(`${union.schemaPath}/`) &&
    branch.instancePath.startsWith(union.instancePath)
  )
}

function describeError({ keyword, instancePath, params, message }: KeywordError): ValidationIssue {
  const at = (property?: unknown) => joinPath(instancePath, property)
  switch (keyword) {
    case 'required':
      return { path: at(params.missingProperty), message: 'is required' }
    case 'additionalProperties':
      return { path: at(params.additionalProperty), message: 'is not allowed here' }
    case 'unevaluatedProperties':
      return { path: at(params.unevaluatedProperty), message: 'is not allowed here' }
    case 'enum':
      return { path: at(), message: `must be one of ${list(params.allowedValues)}` }
    case 'const':
      return { path: at(), message: `must be ${JSON.stringify(params.allowedValue)}` }
    default:
      return { path: at(), message: message ?? `fails ${keyword}` }
  }
}

function list(values: unknown): string {
  const all = Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(', ') : ''
  return all.length > 500 ? `${all.slice(0, 500)}…` : all
}

/** Converts a JSON pointer and an optional property below it to an issue's path. */
function joinPath(pointer: string, property?: unknown): string {
  const parts = pointer.split('/').slice(1).map(unescapePointer)
  if (property !== undefined) parts.push(String(property))
  return parts.map((part) => cutText(part, maxNameChars)).join(' -> ')
}
