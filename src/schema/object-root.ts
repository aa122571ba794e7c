import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.js'
import { resolvePointer } from '../util/json-pointer.js'

/** Keywords that providers reject at the root of a tool's schema. */
const rootOnly = ['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else', 'enum', 'const']
const maxRefs = 16
const wrapper = 'value'

export interface ObjectRoot {
  schema: JsonObject
  /** Returns the wrapped value, or `undefined` if there is none. Set if the schema was wrapped. */
  unwrap?: (value: JsonValue) => JsonValue | undefined
}

/**
 * Converts a schema whose root is a `$ref`, a union or an `allOf` to one with an object root, because
 * providers reject or ignore other roots. References are resolved and an `allOf` merged; a union
 * becomes one property. The schema is returned unchanged if its root is already an object. Pure.
 */
export function objectRoot(schema: JsonObject): ObjectRoot {
  const root = withType(withoutRootRef(schema))
  if (!rootOnly.some((keyword) => root[keyword] !== undefined)) return { schema: root }
  const merged = mergedAllOf(root, schema)
  if (merged) return { schema: merged }
  return { schema: wrapped(schema), unwrap: unwrapValue }
}

function withType(schema: JsonObject): JsonObject {
  return schema.type === 'object' ? schema : { ...schema, type: 'object' }
}

function withoutRootRef(schema: JsonObject): JsonObject {
  let root = schema
  for (let refs = 0; typeof root.$ref === 'string' && refs < maxRefs; refs++) {
    const { $ref, ...siblings } = root
    const target = resolvePointer($ref, schema)
    if (!isJsonObject(target)) return schema
    root = { ...target, ...siblings }
  }
  return root
}

/** Keywords of an `allOf` branch that can be merged into the root without changing their meaning. */
const mergeable = new Set(['type', 'title', 'description', 'properties', 'required', '$comment'])

/** Merges a root `allOf` of plain objects. Returns `undefined` if its branches are not plain. */
function mergedAllOf(root: JsonObject, whole: JsonObject): JsonObject | undefined {
  const { allOf, ...rest } = root
  if (!Array.isArray(allOf) || rootOnly.some((keyword) => rest[keyword] !== undefined))
    return undefined
  if (rest.additionalProperties !== undefined || rest.unevaluatedProperties !== undefined)
    return undefined
  const properties: JsonObject = { ...asObject(rest.properties) }
  const required = new Set(asList(rest.required))
  for (const branch of allOf) {
    if (!isJsonObject(branch)) return undefined
    const part = withoutRootRef({ ...definitionsOf(whole), ...branch })
    for (const [name, schema] of Object.entries(asObject(part.properties))) {
      if (Object.hasOwn(properties, name)) return undefined
      properties[name] = schema
    }
    for (const name of asList(part.required)) required.add(name)
    const own = Object.keys(part).filter((key) => key !== '$defs' && key !== 'definitions')
    if (!own.every((key) => mergeable.has(key))) return undefined
  }
  return { ...rest, properties, ...(required.size > 0 && { required: [...required] }) }
}

/** Puts the schema into one property. Definitions stay at the root, where references find them. */
function wrapped(schema: JsonObject): JsonObject {
  const { $schema, $defs, definitions, title, description, ...inner } = schema
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    type: 'object',
    properties: { [wrapper]: relocated(inner) },
    required: [wrapper],
    additionalProperties: false,
    ...($defs !== undefined && { $defs: relocated($defs) }),
    ...(definitions !== undefined && { definitions: relocated(definitions) }),
  }
}

/** Adjusts references to the former root, which is a property now. */
function relocated(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(relocated)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string'
        ? item.replace(/^#(?!\/(\$defs|definitions)\/)(?=$|\/)/, `#/properties/${wrapper}`)
        : item === undefined
          ? item
          : relocated(item),
    ]),
  )
}

function unwrapValue(value: JsonValue): JsonValue | undefined {
  return isJsonObject(value) && Object.keys(value).length === 1 ? value[wrapper] : undefined
}

function definitionsOf({ $defs, definitions }: JsonObject): JsonObject {
  return {
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
  }
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function asList(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
