import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.js'
import type { SchemaText } from './shape.js'

/** Whether a schema has the forms of draft-04 or OpenAPI 3.0: boolean bounds or `id`. */
export function isOldDraft({ schema, text }: SchemaText): boolean {
  return (
    /draft-0[34]/.test(String(schema.$schema)) ||
    typeof schema.id === 'string' ||
    /"exclusiveM(in|ax)imum":(true|false)/.test(text)
  )
}

/** Keywords whose values are data, not schemas. */
const data = new Set(['enum', 'const', 'default', 'examples', 'example', 'required'])

/** Converts a draft-04 schema to draft-07. Pure. */
export function fromDraft04(schema: JsonObject): JsonObject {
  const { $schema, ...rest } = converted(schema) as JsonObject
  const old = $schema === undefined || /draft-0[34]/.test(String($schema))
  return { $schema: old ? 'http://json-schema.org/draft-07/schema#' : $schema, ...rest }
}

function converted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(converted)
  if (!isJsonObject(value)) return value
  const schema: JsonObject = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === 'id' && typeof item === 'string') schema.$id = item
    else schema[key] = item === undefined || data.has(key) ? item : converted(item)
  }
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'boolean') continue
    const replaced = schema[exclusive] && schema[bound] !== undefined
    if (replaced) schema[exclusive] = schema[bound]
    else delete schema[exclusive]
    if (replaced) delete schema[bound]
  }
  return schema
}
