import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

/** Lists keywords whose values map names to schemas. */
export const maps = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
])
/** Lists keywords whose values are lists of schemas. */
const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
/** Lists keywords whose values are schemas. */
const singles = new Set([
  ...['items', 'additionalProperties', 'unevaluatedProperties', 'additionalItems'],
  ...['contains', 'propertyNames', 'not', 'if', 'then', 'else', 'unevaluatedItems'],
])
/** Lists keywords whose values are data, not schemas. */
export const data = new Set(['enum', 'const', 'default', 'examples'])

/** Returns the same schema with `change` applied to each schema directly inside it. */
export function mapSchemas(
  schema: JsonObject,
  change: (schema: JsonValue, keyword: string) => JsonValue,
): JsonObject {
  const entries = Object.entries(schema).map(([key, value]): [string, JsonValue | undefined] => {
    if (value === undefined || value === null) return [key, value]
    if (maps.has(key) && isJsonObject(value))
      return [key, mapValues(value, (inner) => change(inner, key))]
    if (lists.has(key) || (key === 'items' && Array.isArray(value)))
      return [key, Array.isArray(value) ? value.map((inner) => change(inner, key)) : value]
    return [key, singles.has(key) ? change(value, key) : value]
  })
  return Object.fromEntries(entries)
}

function mapValues(map: JsonObject, change: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, change(value)]],
    ),
  )
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

export function objectsIn(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

export function textsIn(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** Returns the types that a schema allows; an empty list if it names none. */
export function typesOf({ type }: JsonObject): string[] {
  return typeof type === 'string' ? [type] : textsIn(type)
}

/** Joins what two schemas describe, such as the schemas of one property in two branches. */
export function either(one: JsonValue | undefined, other: JsonValue): JsonValue {
  if (one === undefined || JSON.stringify(one) === JSON.stringify(other)) return other
  return { anyOf: [...branchesOf(one), other] }
}

function branchesOf(schema: JsonValue): JsonValue[] {
  const isUnion = isJsonObject(schema) && Object.keys(schema).length === 1
  return isUnion && Array.isArray(schema.anyOf) ? schema.anyOf : [schema]
}
