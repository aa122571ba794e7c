import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { SchemaForm } from './forms.js'
import { asObject, either, mapSchemas, objectsIn, textsIn, typesOf } from './nodes.js'

/** Keywords whose meaning is added to the description if the provider does not know them. */
const described = [
  ...['const', 'default', 'examples', 'format', 'multipleOf', 'uniqueItems', 'pattern'],
  ...['exclusiveMinimum', 'exclusiveMaximum', 'minProperties', 'maxProperties'],
]
/** Keywords that say what a value is. A branch without any of them only restricts its parent. */
const shaping = ['type', 'properties', 'items', 'enum', 'anyOf', 'description']
const scalars = ['string', 'number', 'boolean'] as const

/**
 * Returns a schema in a subset of JSON Schema: each schema has one type or an `anyOf`, and only the
 * form's keywords. What is lost is added to the description, and the original schema still
 * validates the arguments. The schema has no references.
 */
export function plainSchema(schema: JsonObject, form: SchemaForm): JsonObject {
  const whole = mapSchemas(merged(schema), (inner) =>
    typeof inner === 'boolean' ? inner : plainSchema(asObject(inner), form),
  )
  const { schema: united, nullable } = withUnion(withEnum(whole, form))
  const typed = withOneType(united, nullable)
  return withKeywords(withNull(typed.schema, typed.nullable, form), form)
}

/** Merges `allOf` into the schema, and writes `oneOf` as `anyOf`. */
function merged({ allOf, oneOf, ...schema }: JsonObject): JsonObject {
  const whole = oneOf && !schema.anyOf ? { ...schema, anyOf: oneOf } : schema
  return objectsIn(allOf).reduce<JsonObject>((all, part) => joined(all, merged(part)), whole)
}

/** Adds a branch to a schema. Where both say something, the schema's own word counts. */
function joined(schema: JsonObject, part: JsonObject): JsonObject {
  const { properties, required, ...rest } = part
  const names = [...new Set([...textsIn(schema.required), ...textsIn(required)])]
  const all = { ...asObject(properties), ...asObject(schema.properties) }
  return {
    ...rest,
    ...schema,
    ...((properties || schema.properties) && { properties: all }),
    ...(names.length > 0 && { required: names }),
  }
}

/** Writes `const` as `enum`. Values that the provider cannot list are described. */
function withEnum(schema: JsonObject, { textEnums }: SchemaForm): JsonObject {
  const { const: only, ...rest } = schema
  const values = only === undefined ? rest.enum : [only]
  if (!Array.isArray(values)) return rest
  const found = [...new Set(values.map(typeOf))]
  const types = found.includes('number') ? found.filter((name) => name !== 'integer') : found
  const type = rest.type ?? (types.length === 1 ? types[0] : types)
  const listed = values.filter((value) => value !== null)
  const listable = !textEnums || listed.every((value) => typeof value === 'string' && value !== '')
  if (listable && listed.length > 0) return { ...rest, type, enum: textEnums ? listed : values }
  const { enum: _, ...open } = rest
  return withHint({ ...open, type }, `One of ${JSON.stringify(values)}.`)
}

/** Keeps the branches of a union that say what a value is, and moves the type into them. */
function withUnion(schema: JsonObject): { schema: JsonObject; nullable: boolean } {
  const { anyOf, ...rest } = schema
  const branches = objectsIn(anyOf).flatMap((branch) => {
    const inner = objectsIn(branch.anyOf)
    return inner.length > 0 && Object.keys(branch).length === 1 ? inner : [branch]
  })
  const nullable = branches.some(({ type, nullable }) => type === 'null' || nullable === true)
  const shaped = branches.filter(
    (branch) => branch.type !== 'null' && shaping.some((key) => branch[key] !== undefined),
  )
  const [only] = shaped
  if (!only || isJsonObject(rest.properties)) return { schema: foldedInto(rest, shaped), nullable }
  if (shaped.length === 1) return { schema: joined(rest, only), nullable }
  const { type, enum: _, items, ...outer } = rest
  const inner = shaped.map((branch) => {
    const typed: JsonObject = { ...(type !== undefined && !branch.anyOf && { type }), ...branch }
    return { ...(items !== undefined && typesOf(typed).includes('array') && { items }), ...typed }
  })
  return { schema: { ...outer, anyOf: inner }, nullable }
}

/** Adds the properties of branches to an object, as possible ones. */
function foldedInto(schema: JsonObject, branches: readonly JsonObject[]): JsonObject {
  if (branches.length === 0) return schema
  const properties = { ...asObject(schema.properties) }
  const added: JsonObject = {}
  for (const branch of branches)
    for (const [name, value] of Object.entries(asObject(branch.properties)))
      if (value !== undefined) added[name] = either(added[name], value)
  return { ...schema, properties: { ...added, ...properties } }
}

/** Gives a schema one type. Several become a union, and none becomes what its keywords mean. */
function withOneType(
  schema: JsonObject,
  wasNullable: boolean,
): { schema: JsonObject; nullable: boolean } {
  if (schema.anyOf !== undefined) return { schema, nullable: wasNullable }
  const named = typesOf(schema)
  const nullable = wasNullable || named.includes('null') || schema.nullable === true
  const types = named.filter((type) => type !== 'null')
  const [only] = types
  if (types.length === 1) return { schema: { ...schema, type: only }, nullable }
  if (types.length > 1) {
    const { type: _, properties, required, items, enum: values, ...outer } = schema
    const anyOf = types.map((type) => ({
      type,
      ...(type === 'array' && { items: items ?? anything() }),
      ...(type === 'object' && properties && { properties, ...(required && { required }) }),
      ...(Array.isArray(values) && listed(values, type)),
    }))
    return { schema: { ...outer, anyOf }, nullable }
  }
  const implied = impliedType(schema)
  if (implied) return { schema: { ...schema, type: implied }, nullable }
  const { type: _, ...rest } = schema
  return { schema: { ...rest, ...(named.length > 0 ? { type: 'string' } : anything()) }, nullable }
}

function listed(values: JsonValue[], type: string): JsonObject {
  const own = values.filter((value) => typeOf(value) === type)
  return own.length > 0 ? { enum: own } : {}
}

function impliedType(schema: JsonObject): string | undefined {
  if (schema.properties || schema.required || schema.additionalProperties !== undefined)
    return 'object'
  if (schema.items) return 'array'
  if (schema.pattern !== undefined || schema.minLength !== undefined || schema.format !== undefined)
    return 'string'
  return schema.minimum !== undefined || schema.maximum !== undefined ? 'number' : undefined
}

/** Returns the schema of any value. */
function anything(): JsonObject {
  const items = { anyOf: scalars.map((type) => ({ type })) }
  return {
    anyOf: [...scalars.map((type) => ({ type })), { type: 'object' }, { type: 'array', items }],
  }
}

function withNull(schema: JsonObject, nullable: boolean, form: SchemaForm): JsonObject {
  const { nullable: _, ...rest } = schema
  if (!nullable) return rest
  if (form.nullable) return { ...rest, nullable: true }
  if (Array.isArray(rest.anyOf)) return { ...rest, anyOf: [...rest.anyOf, { type: 'null' }] }
  const { description, title, ...inner } = rest
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    anyOf: [inner, { type: 'null' }],
  }
}

/** Removes keywords that the provider does not know, and describes what they mean. */
function withKeywords(schema: JsonObject, { keywords, formats }: SchemaForm): JsonObject {
  const lost: string[] = []
  const entries = Object.entries(schema).filter(([key, value]) => {
    const known =
      keywords === undefined ||
      (keywords.has(key) && (key !== 'format' || !formats || formats.has(String(value))))
    if (!known && described.includes(key)) lost.push(`${key}: ${JSON.stringify(value)}`)
    return known && !(key === 'additionalProperties' && typeof value !== 'boolean')
  })
  const kept: JsonObject = Object.fromEntries(entries)
  const names = textsIn(kept.required).filter(
    (name) => asObject(kept.properties)[name] !== undefined,
  )
  if (kept.required !== undefined && names.length === 0) delete kept.required
  else if (kept.required !== undefined) kept.required = names
  if (kept.type === 'array' && kept.items === undefined) kept.items = anything()
  return lost.length > 0 ? withHint(kept, `(${lost.join(', ')})`) : kept
}

function withHint(schema: JsonObject, hint: string): JsonObject {
  const { description } = schema
  const text = typeof description === 'string' && description !== '' ? `${description} ` : ''
  return { ...schema, description: text + hint }
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}
