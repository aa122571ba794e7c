import { isJsonObject } from '../../util/json.js'
import { wellFormedJson } from '../../util/well-formed.js'

/** The part of a published input schema that decides what an argument may be. */
export interface ArgumentSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, ArgumentSchema>>
  readonly required?: readonly string[]
  readonly items?: ArgumentSchema | undefined
  readonly anyOf?: readonly ArgumentSchema[]
}

/** Arguments in which an empty text is a value. In any other one it means that none was given. */
const freeText = new Set(['prompt', 'text'])

/**
 * Returns arguments in the types of their schema, because clients and models encode them in different
 * ways. `null`, and an empty text or object for an optional argument, count as not given. An object,
 * list, number or boolean may be JSON text. What does not fit stays as it is, for validation to
 * reject. An object without `properties`, such as `params` or a JSON Schema, is opaque: its members
 * stay as they are.
 */
export function normalizeArguments(value: unknown, schema: ArgumentSchema): unknown {
  if (value === null) return undefined
  if (schema.anyOf) {
    const fitting = schema.anyOf.find((branch) => hasType(value, branch))
    return fitting ? normalizeArguments(value, fitting) : value
  }
  switch (schema.type) {
    case 'object': {
      const object = fromJsonText(value, schema)
      return schema.properties && isJsonObject(object) ? normalizeMembers(object, schema) : object
    }
    case 'array':
      return normalizeList(value, schema)
    case 'string':
      return Number.isSafeInteger(value) ? String(value) : value
    case 'boolean':
      return fromJsonText(typeof value === 'string' ? value.toLowerCase() : value, schema)
    default:
      return fromJsonText(value, schema)
  }
}

/** Returns the same object if no member changes, because most clients send the right types. */
function normalizeMembers(
  object: Readonly<Record<string, unknown>>,
  { properties = {}, required = [] }: ArgumentSchema,
) {
  let normalized: Record<string, unknown> = object
  for (const name in object) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (!schema) continue
    const value = normalizeArguments(object[name], schema)
    const isEmpty = schema.type === 'object' && isEmptyObject(value) && !required.includes(name)
    const isAbsent = value === undefined || isEmpty || (value === '' && !freeText.has(name))
    if (value === object[name] && !isAbsent) continue
    if (normalized === object) normalized = { ...object }
    if (isAbsent) delete normalized[name]
    else normalized[name] = value
  }
  return normalized
}

function isEmptyObject(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0
}

/** A text that is not a JSON list is a list of names, separated by commas. */
function normalizeList(given: unknown, schema: ArgumentSchema): unknown {
  const { items = {} } = schema
  const parsed = fromJsonText(given, schema)
  const isNames = typeof parsed === 'string' && parsed !== '' && items.type === 'string'
  const list = isNames ? parsed.split(',').map((name) => name.trim()) : parsed
  if (!Array.isArray(list)) return list
  return list
    .map((item: unknown) => normalizeArguments(item, items))
    .filter((item) => item !== undefined && item !== '')
}

/**
 * Returns the value of JSON text if it has the type of the schema, `undefined` for the text `null`, and
 * any other value as it is.
 */
function fromJsonText(value: unknown, schema: ArgumentSchema): unknown {
  if (typeof value !== 'string') return value
  try {
    const parsed: unknown = JSON.parse(wellFormedJson(value))
    if (parsed === null) return undefined
    return hasType(parsed, schema) ? parsed : value
  } catch {
    return value
  }
}

function hasType(value: unknown, { type }: ArgumentSchema): boolean {
  if (Array.isArray(value)) return type === 'array'
  if (isJsonObject(value)) return type === 'object'
  return type === 'integer' ? typeof value === 'number' : typeof value === type
}
