import type { JsonObject } from './types.js'

const WELL_KNOWN: JsonObject = {
  title: "The Hitchhiker's Guide to the Galaxy",
  author: 'Douglas Adams',
  genre: 'Science fiction',
  summary: 'A man escapes the destruction of Earth and hitchhikes through the galaxy.',
  rating: 9,
  name: 'Ada Lovelace',
  answer: '42',
}

const FORMATS: JsonObject = {
  date: '1979-10-12',
  time: '12:00:00Z',
  'date-time': '1979-10-12T12:00:00Z',
  email: 'arthur@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000042',
}

/** A small instance that is valid against a JSON Schema, with likely values for likely names. */
export function exampleOf(schema: JsonObject, name = '', root: JsonObject = schema): unknown {
  if (typeof schema.$ref === 'string') return exampleOf(resolve(schema.$ref, root), name, root)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if ('default' in schema) return schema.default
  if (Array.isArray(schema.allOf)) return exampleOf(merge(schema, root), name, root)
  const choice = (schema.anyOf ?? schema.oneOf)?.[0]
  if (choice) return exampleOf(choice, name, root)

  switch (typeOf(schema)) {
    case 'object':
      return exampleObject(schema, root)
    case 'array':
      return Array.from({ length: schema.minItems ?? 1 }, () =>
        exampleOf(schema.items ?? {}, name, root),
      )
    case 'number':
    case 'integer':
      return exampleNumber(schema, name)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return exampleString(schema, name)
  }
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  return type ?? (schema.properties ? 'object' : 'string')
}

/** Only what is required, unless nothing is: then everything, so that the answer says something. */
function exampleObject(schema: JsonObject, root: JsonObject): JsonObject {
  const properties: JsonObject = schema.properties ?? {}
  const keys: string[] = schema.required?.length ? schema.required : Object.keys(properties)
  return Object.fromEntries(keys.map((key) => [key, exampleOf(properties[key] ?? {}, key, root)]))
}

function exampleNumber(schema: JsonObject, name: string): number {
  const step = schema.multipleOf ?? 1
  const low = schema.minimum ?? (schema.exclusiveMinimum ?? -Infinity) + step
  const high = schema.maximum ?? (schema.exclusiveMaximum ?? Infinity) - step
  const known = WELL_KNOWN[name]
  const wish = typeof known === 'number' ? known : 42
  const fitting = Math.min(Math.max(wish, low), high)
  return schema.multipleOf ? Math.ceil(fitting / step) * step : fitting
}

function exampleString(schema: JsonObject, name: string): string {
  const known = WELL_KNOWN[name]
  const wish = FORMATS[schema.format] ?? (typeof known === 'string' ? known : name || 'example')
  return wish.padEnd(schema.minLength ?? 0, '.').slice(0, schema.maxLength)
}

function merge(schema: JsonObject, root: JsonObject): JsonObject {
  const { allOf, ...own } = schema
  const parts: JsonObject[] = allOf.map((p: JsonObject) => (p.$ref ? resolve(p.$ref, root) : p))
  const all = [own, ...parts]
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map((part) => part.properties)),
    required: all.flatMap((part) => part.required ?? []),
  }
}

function resolve(ref: string, root: JsonObject): JsonObject {
  const path = ref.replace(/^#\/?/, '').split('/').filter(Boolean)
  return path.reduce((node: JsonObject, key) => node[key], root)
}
