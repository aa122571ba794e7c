import { configurationError } from '../agent/errors.js'
import { toolNamePattern } from '../agent/tools/tool.js'
import type { OutputSchema, Validation, ValidationIssue } from '../agent/validator.js'
import type { JsonObject, JsonValue } from '../util/json.js'
import { jsonValidator } from './json-validator.js'
import { objectRoot } from './object-root.js'
import { repairJson } from './repair.js'
import { checkShape } from './shape.js'

/** A JSON Schema (2020-12, 2019-09 or draft-07) whose root describes an object. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A schema that validates and can describe itself as JSON Schema, such as one of zod 4.2 or later. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: number
    readonly vendor: string
    readonly validate: (
      value: unknown,
    ) => StandardResult<Output> | PromiseLike<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
    readonly jsonSchema?:
      | { readonly input: (options: { target: 'draft-2020-12' }) => Record<string, unknown> }
      | undefined
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** A schema of an object. `Output` is inferred from a zod schema; for a JSON Schema, state it yourself. */
export type Schema<Output = unknown> = StandardSchema<Output> | JsonSchema

export interface SchemaOptions {
  /** The tool name for the model. Default: the schema's title. */
  name?: string | undefined
  /** The tool description for the model. Default: the schema's description. */
  description?: string | undefined
}

/** A schema that may not be compiled yet. `ready` compiles it and throws if it is invalid. */
export interface DescribedSchema extends OutputSchema {
  ready(): Promise<void>
}

const defaultName = 'StructuredOutput'

/**
 * Compiles a schema for the core. Throws `invalidRequest` if a JSON Schema is invalid, and
 * `configuration` if a schema object cannot describe itself as JSON Schema.
 */
export async function compileSchema(
  schema: Schema,
  options: SchemaOptions = {},
): Promise<OutputSchema> {
  const described = describeSchema(schema, options)
  await described.ready()
  return described
}

/** Compiles a JSON Schema from outside. Throws `invalidRequest` if it is invalid. */
export async function compileJsonSchema(
  schema: unknown,
  options: SchemaOptions = {},
): Promise<OutputSchema> {
  const described = describeJsonSchema(schema, options)
  await described.ready()
  return described
}

/** Describes a schema without compiling it. Errors found by compiling come from `ready`. */
export function describeSchema(schema: Schema, options: SchemaOptions = {}): DescribedSchema {
  return isStandardSchema(schema)
    ? describeStandardSchema(schema, options)
    : describeJsonSchema(schema, options)
}

function describeJsonSchema(given: unknown, options: SchemaOptions): DescribedSchema {
  const label = options.name ?? 'the object'
  const shape = checkShape(given, label)
  const validator = () => jsonValidator(shape, label)
  return described(shape.schema, options, {
    validate: async (value) => (await validator())(value),
    ready: async () => {
      await validator()
    },
  })
}

/** Adds the form for providers, and accepts an answer in that form or in the schema's own. */
function described(
  schema: JsonObject,
  options: SchemaOptions,
  { validate, ready }: Pick<DescribedSchema, 'validate' | 'ready'>,
): DescribedSchema {
  const root = objectRoot(schema)
  const { unwrap } = root
  return {
    ...nameAndDescription(schema, options),
    jsonSchema: root.schema,
    validate: unwrap
      ? async (value) => {
          const inner = unwrap(value)
          const direct = await validate(inner ?? value)
          return direct.ok || inner === undefined ? direct : orElse(await validate(value), direct)
        }
      : validate,
    repair: repairJson,
    ready,
  }
}

function orElse(validation: Validation, other: Validation): Validation {
  return validation.ok ? validation : other
}

function describeStandardSchema(schema: StandardSchema, options: SchemaOptions): DescribedSchema {
  const { $schema, ...jsonSchema } = standardJsonSchema(schema)
  const { schema: checked } = checkShape(jsonSchema, options.name ?? 'the object')
  return described(checked, options, {
    validate: async (value) => standardValidation(schema, value),
    ready: async () => {},
  })
}

/** Returns the JSON Schema of the input side, which the model has to write. */
function standardJsonSchema(schema: StandardSchema): Record<string, unknown> {
  const { vendor, jsonSchema } = schema['~standard']
  if (!jsonSchema)
    throw configurationError(
      `This ${vendor} schema cannot describe itself as JSON Schema.`,
      'Use zod 4.2 or later, or a JSON Schema.',
    )
  try {
    return jsonSchema.input({ target: 'draft-2020-12' })
  } catch (error) {
    throw configurationError(
      `This ${vendor} schema cannot be described as JSON Schema: ${error instanceof Error ? error.message : String(error)}.`,
      'Use types that exist in JSON, such as z.iso.datetime() instead of z.date().',
    )
  }
}

async function standardValidation(schema: StandardSchema, value: JsonValue): Promise<Validation> {
  const result = await schema['~standard'].validate(value)
  return result.issues
    ? { ok: false, issues: result.issues.map(standardIssue) }
    : { ok: true, value: result.value }
}

function standardIssue({ message, path = [] }: StandardIssue): ValidationIssue {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return { path: keys.join(' -> '), message }
}

function isStandardSchema(schema: Schema): schema is StandardSchema {
  return (
    ((typeof schema === 'object' && schema !== null) || typeof schema === 'function') &&
    '~standard' in schema
  )
}

function nameAndDescription(
  { title, description }: JsonObject,
  options: SchemaOptions,
): { name: string; description: string } {
  const name = toolName(options.name ?? title)
  const own = options.description ?? description
  return {
    name,
    description:
      typeof own === 'string' && own.trim() !== '' ? own : `${name} structured output tool`,
  }
}

/** Converts a name to one that providers accept for a tool. */
function toolName(given: unknown): string {
  if (typeof given !== 'string') return defaultName
  const safe = given
    .slice(0, 256)
    .replace(/[^a-zA-Z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64)
  return toolNamePattern.test(safe) ? safe : defaultName
}
