import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

import { resolvePointer } from '../../util/json-pointer.js'

import { demoString } from './demo-string.js'

/** Below this depth, only required properties are set, so that recursive schemas end. */
const fullDepth = 3
const maxDepth = 12

interface Filling {
  root: JsonObject
  /** The facts in the prompt, by property name. */
  facts: Record<string, JsonValue>
  label: string
}

/**
 * Returns an object that matches a JSON Schema as closely as rules allow. Its values are facts from
 * the prompt if a property matches one, and otherwise plausible minimal values. `label` is included
 * in free text.
 */
export function demoObject(schema: JsonObject, prompt: string, label: string): JsonObject {
  const value = demoValue(schema, 'value', 0, { root: schema, facts: bookFacts(prompt), label })
  return isJsonObject(value) ? value : {}
}

function demoValue(
  given: JsonValue | undefined,
  name: string,
  depth: number,
  filling: Filling,
): JsonValue {
  const schema = resolved(given, filling.root, depth)
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null
  const fact = filling.facts[name]
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, depth, filling)
    case 'array':
      return arrayOf(schema, name, depth, filling)
    case 'integer':
    case 'number':
      return numberOf(schema, typeof fact === 'number' ? fact : 1)
    case 'boolean':
      return schema.default ?? true
    case 'null':
      return null
    default:
      return demoString(schema, name, typeof fact === 'string' ? fact : undefined, filling.label)
  }
}

/**
 * Returns a schema with its `$ref`, `allOf` and the first option of its `anyOf` or `oneOf` merged.
 */
function resolved(given: JsonValue | undefined, root: JsonObject, depth: number): JsonObject {
  const schema = isJsonObject(given) ? given : {}
  const { $ref, allOf, anyOf, oneOf, ...rest } = schema
  if (depth > maxDepth) return rest
  const union = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : []
  const parts = [...(Array.isArray(allOf) ? allOf : []), ...union.slice(0, 1)]
  if (typeof $ref === 'string') parts.push(resolvePointer($ref, root) ?? {})
  const merged = { ...rest }
  for (const part of parts) {
    const more = resolved(part, root, depth + 1)
    const properties = { ...object(more.properties), ...object(merged.properties) }
    const required = [...list(more.required), ...list(merged.required)]
    Object.assign(merged, { ...more, ...merged, properties, required })
  }
  return merged
}

function typeOf({ type, properties, items }: JsonObject): JsonValue | undefined {
  if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null'
  if (type !== undefined) return type
  if (Object.keys(object(properties)).length > 0) return 'object'
  return items === undefined ? undefined : 'array'
}

function objectOf(schema: JsonObject, depth: number, filling: Filling): JsonObject {
  const required = list(schema.required)
  const filled: JsonObject = {}
  for (const [name, property] of Object.entries(object(schema.properties))) {
    if (depth > maxDepth || (depth >= fullDepth && !required.includes(name))) continue
    filled[name] = demoValue(property, name, depth + 1, filling)
  }
  return filled
}

function arrayOf(schema: JsonObject, name: string, depth: number, filling: Filling): JsonValue[] {
  const length = number(schema.minItems) ?? (depth < fullDepth ? 1 : 0)
  const item = () => demoValue(schema.items, name, depth + 1, filling)
  return Array.from({ length: Math.min(length, 100) }, item)
}

function numberOf(schema: JsonObject, wanted: number): number {
  const step = number(schema.multipleOf) ?? 1
  const above = number(schema.exclusiveMinimum)
  const below = number(schema.exclusiveMaximum)
  const least = number(schema.minimum) ?? (above === undefined ? -Infinity : above + step)
  const most = number(schema.maximum) ?? (below === undefined ? Infinity : below - step)
  const value = Math.min(Math.max(wanted, least), most)
  return schema.multipleOf === undefined ? value : Math.ceil(value / step) * step
}

const object = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {})
const list = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : [])
const number = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined

/** Returns the book facts of a prompt such as `"Title" by Author. It's a kind of book about …`. */
function bookFacts(prompt: string): Record<string, JsonValue> {
  const text = prompt.replace(/\s+/g, ' ')
  const book = /"([^"]+)" by ([A-Z][\w'-]*(?: [A-Z][\w'-]*)*)/.exec(text)
  if (!book) return {}
  const [, title = '', author = ''] = book
  const [, genre = 'fiction', subject = title] = /\ban? ([\w -]+?) about ([^.]+)\./.exec(text) ?? []
  return { title, author, genre: capital(genre), summary: `${capital(subject)}.`, rating: 9 }
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
