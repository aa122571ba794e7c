import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { SchemaForm } from './forms.js'
import { either, mapSchemas, objectsIn, textsIn } from './nodes.js'

/** What is nested deeper may be any value. */
const maxDepth = 200
const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/**
 * Returns a schema that is valid in draft 2020-12 and has `items` for every list. Providers refuse
 * a request because of one schema that is not. What was valid is unchanged, with its keys in order.
 */
export function validSchema(
  value: JsonValue,
  form: SchemaForm,
  keyword?: string,
  depth = 0,
): JsonValue {
  if (typeof value === 'boolean' && keyword && allowsBoolean.has(keyword)) return value
  if (!isJsonObject(value) || depth > maxDepth) return value === false ? { not: {} } : {}
  const inner = mapSchemas(value, (schema, key) => validSchema(schema, form, key, depth + 1))
  return withItems(withBounds(withLists(withType(inner))), form)
}

/** In these places providers expect or accept a boolean. */
const allowsBoolean = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'additionalItems',
])

/** Removes types that JSON Schema does not have. */
function withType(schema: JsonObject): JsonObject {
  const { type } = schema
  if (type === undefined || (typeof type === 'string' && types.has(type))) return schema
  const named = [type].flat().map((name) => String(name).toLowerCase())
  const known = [...new Set(named.filter((name) => types.has(name)))]
  const [only] = known
  if (only !== undefined) return { ...schema, type: known.length === 1 ? only : known }
  const { type: _, ...rest } = schema
  return rest
}

/** Removes lists that are empty or are no lists, and names that are listed twice. */
function withLists(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema).flatMap(
    ([key, value]): [string, JsonValue | undefined][] => {
      switch (key) {
        case 'required':
          return Array.isArray(value) ? [[key, [...new Set(textsIn(value))]]] : []
        case 'enum':
          return Array.isArray(value) && value.length > 0 ? [[key, distinct(value)]] : []
        case 'anyOf':
        case 'oneOf':
        case 'allOf':
          return objectsIn(value).length > 0 ? [[key, value]] : []
        case 'properties':
        case '$defs':
        case 'definitions':
          return isJsonObject(value) ? [[key, value]] : []
        default:
          return [[key, value]]
      }
    },
  )
  return Object.fromEntries(entries)
}

function distinct(values: JsonValue[]): JsonValue[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const text = JSON.stringify(value)
    return !seen.has(text) && seen.add(text)
  })
}

/** Converts the boolean bounds of draft-04 to the numbers of later drafts. */
function withBounds(schema: JsonObject): JsonObject {
  const { exclusiveMinimum, exclusiveMaximum } = schema
  if (typeof exclusiveMinimum !== 'boolean' && typeof exclusiveMaximum !== 'boolean') return schema
  return exclusive(exclusive(schema, 'exclusiveMinimum', 'minimum'), 'exclusiveMaximum', 'maximum')
}

function exclusive(schema: JsonObject, name: string, bound: string): JsonObject {
  const { [name]: flag, [bound]: limit, ...rest } = schema
  if (typeof flag !== 'boolean') return schema
  if (limit === undefined) return rest
  return { ...rest, [flag ? name : bound]: limit }
}

/** Gives a list its `items`. A list whose items differ by place is written as the form says. */
function withItems(schema: JsonObject, { tuples }: SchemaForm): JsonObject {
  const { items, prefixItems, additionalItems, ...rest } = schema
  const places = Array.isArray(items) ? items : Array.isArray(prefixItems) ? prefixItems : undefined
  const isList = [schema.type].flat().includes('array')
  if (places === undefined || places.length === 0) {
    if (Array.isArray(items) || (isList && items === undefined)) return { ...rest, items: {} }
    return schema
  }
  const others = Array.isArray(items) ? additionalItems : items
  const fixed = others === undefined || others === false || isEmptyNot(others)
  const counts = {
    minItems: rest.minItems ?? places.length,
    ...(fixed && { maxItems: rest.maxItems ?? places.length }),
  }
  if (tuples === 'prefixItems')
    return Array.isArray(items)
      ? { ...rest, ...counts, prefixItems: places, ...(!fixed && { items: others }) }
      : schema
  const all = fixed || others === true ? places : [...places, others as JsonValue]
  const one = all.reduce<JsonValue | undefined>(
    (joined, place) => joinPlace(joined, place),
    undefined,
  )
  return { ...rest, ...counts, items: one ?? {} }
}

function isEmptyNot(value: JsonValue): boolean {
  return isJsonObject(value) && isJsonObject(value.not) && Object.keys(value.not).length === 0
}

function joinPlace(joined: JsonValue | undefined, place: JsonValue): JsonValue {
  const branches = isJsonObject(joined) && Array.isArray(joined.anyOf) ? joined.anyOf : [joined]
  const text = JSON.stringify(place)
  const known = branches.some((branch) => JSON.stringify(branch) === text)
  return known && joined !== undefined ? joined : either(joined, place)
}
