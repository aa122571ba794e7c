import { type AgentError, invalidRequest } from '../agent/errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.js'

import { resolvePointer } from '../util/json-pointer.js'

const maxChars = 256 * 1024
const maxDepth = 64
const maxRefs = 16
/** Limit on subschemas visited, because branching `$ref`s can expand exponentially. */
const maxParts = 1000

/** A JSON Schema that can be sent and compiled: a plain copy, and its text as a cache key. */
export interface SchemaText {
  schema: JsonObject
  text: string
}

/**
 * Checks what needs no compiling: that the schema is plain JSON, that its root describes an object,
 * and that its size and depth are within limits. Throws `invalidRequest`.
 */
export function checkShape(given: unknown, label: string): SchemaText {
  const text = jsonText(given, label)
  if (text.length > maxChars)
    throw unusable(
      label,
      `it is ${Math.ceil(text.length / 1024)} KB long`,
      `Keep it under ${maxChars / 1024} KB.`,
    )
  const schema: JsonValue = JSON.parse(text)
  if (!isJsonObject(schema)) throw notAnObject(label)
  if (deeperThan(schema, maxDepth))
    throw unusable(
      label,
      `it is nested deeper than ${maxDepth} levels`,
      'Move nested parts to "$defs" and refer to them with "$ref".',
    )
  if (schema.$async !== undefined)
    throw unusable(label, '"$async" is not supported', 'Remove "$async".')
  if (!describesObject(schema)) throw notAnObject(label)
  return { schema, text }
}

export function unusable(label: string, why: string, hint: string): AgentError {
  return invalidRequest(`The JSON Schema of ${label} cannot be used: ${why}.`, hint)
}

function notAnObject(label: string): AgentError {
  return unusable(
    label,
    'its root does not describe an object',
    'Start it with {"type": "object", "properties": {…}} and put other types into a property.',
  )
}

function jsonText(given: unknown, label: string): string {
  let text: string | undefined
  try {
    text = JSON.stringify(given)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw unusable(label, `it is not plain JSON (${why})`, 'Pass the JSON Schema as plain data.')
  }
  if (text === undefined) throw notAnObject(label)
  return text
}

function deeperThan(value: JsonValue | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((child) => deeperThan(child, levels - 1))
}

function describesObject(root: JsonObject): boolean {
  let parts = 0
  const describes = (schema: JsonValue | undefined, refs: number): boolean => {
    if (!isJsonObject(schema) || refs === 0 || ++parts > maxParts) return false
    const { type, $ref, allOf, anyOf, oneOf, properties } = schema
    if (type !== undefined) return [type].flat().includes('object')
    if (isJsonObject(properties)) return true
    const follow = (part: JsonValue) => describes(part, refs - 1)
    if (typeof $ref === 'string') return describes(resolvePointer($ref, root), refs - 1)
    if (Array.isArray(allOf)) return allOf.some(follow)
    const union = anyOf ?? oneOf
    return Array.isArray(union) && union.length > 0 && union.every(follow)
  }
  return describes(root, maxRefs)
}
