import type { JsonObject, ModelRequest } from '../types.js'
import { anthropicRefusal, openAiRefusal, type Refusal } from './manner.js'

/** A place in a schema, as providers write it in their refusals. */
type Path = readonly (string | number)[]

const combinators = ['anyOf', 'oneOf', 'allOf', 'enum', 'not']
const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
const maps = ['properties', '$defs', 'definitions', 'patternProperties']
const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const singles = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames']

/** Returns every schema inside a schema with its place, itself first. */
function schemasIn(schema: unknown, path: Path = []): { schema: unknown; path: Path }[] {
  if (typeof schema !== 'object' || schema === null) return [{ schema, path }]
  const node = schema as JsonObject
  const inside: [unknown, Path][] = [
    ...maps.flatMap((key): [unknown, Path][] =>
      Object.entries(node[key] ?? {}).map(([name, value]) => [value, [...path, key, name]]),
    ),
    ...lists.flatMap((key): [unknown, Path][] =>
      (node[key] ?? []).map((value: unknown, at: number) => [value, [...path, key, at]]),
    ),
    ...singles.flatMap((key): [unknown, Path][] =>
      node[key] === undefined ? [] : [[node[key], [...path, key]]],
    ),
  ]
  return [{ schema, path }, ...inside.flatMap(([value, at]) => schemasIn(value, at))]
}

function typesOf(schema: unknown): unknown[] {
  const type = (schema as JsonObject | null)?.type
  return Array.isArray(type) ? type : [type]
}

/** OpenAI's rules for tools: its validator refuses the request because of one tool. */
export function openAiSchemas({ tools }: ModelRequest): Refusal | null {
  for (const { name, inputSchema } of tools) {
    const problem = openAiProblem(inputSchema)
    if (problem)
      return openAiRefusal(`Invalid schema for function '${name}': ${problem}`, {
        code: 'invalid_function_parameters',
      })
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
      return openAiRefusal("Invalid 'tools[0].function.name'")
  }
  return null
}

function openAiProblem(root: JsonObject): string | null {
  if (root.type !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${root.type ?? 'None'}"'.`
  if (!root.properties) return 'In context=(), object schema missing properties.'
  if (combinators.some((key) => root[key] !== undefined))
    return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
  for (const { schema, path } of schemasIn(root)) {
    const context = `In context=(${path.map((part) => `'${part}'`).join(', ')})`
    if (Array.isArray(schema))
      return `${JSON.stringify(schema)} is not of type 'object', 'boolean'.`
    if (typeof schema !== 'object' || schema === null) continue
    const { items, exclusiveMinimum, required } = schema as JsonObject
    const wrong = typesOf(schema).find(
      (type) => type !== undefined && !types.includes(type as string),
    )
    if (wrong !== undefined) return `'${wrong}' is not valid under any of the given schemas.`
    if (typesOf(schema).includes('array') && items === undefined)
      return `${context}, array schema missing items.`
    if (Array.isArray(items)) return `${JSON.stringify(items)} is not of type 'object', 'boolean'.`
    if (typeof exclusiveMinimum === 'boolean') return 'True is not of type ‘number’.'
    if (required !== undefined && !Array.isArray(required)) return "True is not of type 'array'."
  }
  return null
}

/** Anthropic's rules for tools: valid draft 2020-12 without a combinator at the root. */
export function anthropicSchemas({ tools }: ModelRequest): Refusal | null {
  for (const [index, { inputSchema }] of tools.entries()) {
    const at = `tools.${index}.custom.input_schema`
    if (inputSchema.type !== 'object') return anthropicRefusal(`${at}.type: Field required`)
    if (['oneOf', 'allOf', 'anyOf'].some((key) => inputSchema[key] !== undefined))
      return anthropicRefusal(
        `${at}: input_schema does not support oneOf, allOf, or anyOf at the top level`,
      )
    if (schemasIn(inputSchema).some(({ schema }) => !isDraft2020(schema)))
      return anthropicRefusal(
        `${at}: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.anthropic.com/en/docs/tool-use.`,
      )
  }
  return null
}

function isDraft2020(schema: unknown): boolean {
  if (typeof schema === 'boolean') return true
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false
  const { items, required, exclusiveMinimum, exclusiveMaximum, enum: values } = schema as JsonObject
  return (
    typesOf(schema).every((type) => type === undefined || types.includes(type as string)) &&
    !Array.isArray(items) &&
    (required === undefined || Array.isArray(required)) &&
    (values === undefined || Array.isArray(values)) &&
    typeof exclusiveMinimum !== 'boolean' &&
    typeof exclusiveMaximum !== 'boolean'
  )
}

/** Moonshot's subset of JSON Schema. */
export function moonshotSchemas({ tools }: ModelRequest): Refusal | null {
  for (const { inputSchema } of tools) {
    const problem = moonshotProblem(inputSchema)
    if (problem)
      return openAiRefusal(
        `Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: <${problem}>`,
      )
  }
  return null
}

function moonshotProblem(root: JsonObject): string | null {
  for (const { schema, path } of schemasIn(root)) {
    const at = `At path '${path.join('.') || 'root'}'`
    if (path.at(-1) === 'additionalProperties' && typeof schema === 'boolean') continue
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
      return `${at}: property schema must be an object`
    const node = schema as JsonObject
    if (node.anyOf && node.type)
      return `${at}: when using anyOf, type should be defined in anyOf items instead of the parent schema`
    if (node.$ref && !String(node.$ref).startsWith('#/$defs/'))
      return `${at}: references must start with #/$defs/`
    if (node.$ref && Object.keys(node).length > 1)
      return `${at}: conflicting keywords found after $ref expansion: description`
    if (!node.$ref && !node.anyOf && node.type === undefined) return `${at}: type is not defined`
    if (Array.isArray(node.items)) return `${at}: items must be an object`
  }
  return root.type === 'object'
    ? null
    : 'tools.function.parameters.type is required and must be "object"'
}

const understood = [
  'type,properties,required,items,anyOf,enum,description,title,format,nullable',
  'minimum,maximum,minItems,maxItems,minLength,maxLength,pattern,minProperties,maxProperties',
]
  .join()
  .split(',')

/** Google's Schema, which knows few keywords and no references. */
export function geminiSchemas({ tools }: ModelRequest): Refusal | null {
  for (const [index, { name, inputSchema }] of tools.entries()) {
    const problem = geminiProblem(
      inputSchema,
      `tools[0].function_declarations[${index}].parameters`,
    )
    if (problem) return { status: 400, body: [{ error: googleError(problem) }] as never }
    if (!/^[a-zA-Z_]/.test(name))
      return {
        status: 400,
        body: [{ error: googleError('Invalid function name. Must start with a letter') }] as never,
      }
  }
  return null
}

function googleError(message: string): JsonObject {
  return { code: 400, message, status: 'INVALID_ARGUMENT' }
}

function geminiProblem(root: JsonObject, at: string): string | null {
  for (const { schema, path } of schemasIn(root)) {
    const place = [at, ...path].join('.')
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
      return `Invalid JSON payload received. Invalid value at '${place}'`
    const node = schema as JsonObject
    const unknown = Object.keys(node).find((key) => !understood.includes(key))
    if (unknown)
      return `Invalid JSON payload received. Unknown name "${unknown}" at '${place}': Cannot find field.`
    if (Array.isArray(node.type))
      return `Invalid JSON payload received. Unknown name "type" at '${place}': Proto field is not repeating, cannot start list.`
    if (node.type === undefined && !node.anyOf) return `${place}: schema type is not specified`
    if (node.type === 'array' && !node.items) return `${place}.items: missing field.`
    if (node.enum && node.type !== 'string') return `${place}.enum: only allowed for STRING type`
    if (node.enum?.some((value: unknown) => typeof value !== 'string' || value === ''))
      return `${place}.enum[0]: cannot be empty`
    const unlisted = node.required?.find((name: string) => !node.properties?.[name])
    if (unlisted) return `${place}.required[0]: property is not defined`
    if (node.type === 'string' && node.format && !['enum', 'date-time'].includes(node.format))
      return `${place}: only 'enum' and 'date-time' are supported for STRING type`
  }
  return null
}

/** Fireworks translates a schema to a grammar and refuses what it cannot translate. */
export function fireworksSchemas({ tools }: ModelRequest): Refusal | null {
  for (const { inputSchema } of tools)
    for (const { schema } of schemasIn(inputSchema)) {
      if (typeof schema === 'boolean') continue
      const node = schema as JsonObject
      if (node.type === undefined && !node.anyOf && !node.enum)
        return openAiRefusal(
          `JSON Schema not supported: could not understand the instance \`${JSON.stringify(node)}\`.`,
        )
    }
  return null
}
