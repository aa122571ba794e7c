import type { AnySchema, Options, ValidateFunction } from 'ajv'
import type { Validation } from '../agent/validator.js'
import type { JsonValue } from '../util/json.js'
import { fromDraft04, isOldDraft } from './draft-04.js'
import { inTime, TookTooLong } from './in-time.js'
import { describeErrors, type KeywordError } from './issues.js'
import { ForeignPattern, pattern } from './pattern.js'
import { type SchemaText, unusable } from './shape.js'

/** A compiled JSON Schema. The returned value has the schema's defaults filled in. */
export type JsonValidator = (value: JsonValue) => Validation

/** How long compiling a schema, and then validating a value, may take. */
export interface TimeLimits {
  compileMs: number
  validateMs: number
}

/** Keywords whose validation can take more than linear time. */
const costly = /"(\$\w*[rR]ef|pattern|patternProperties|uniqueItems|format)"/
const longSchema = 20_000

/**
 * Compiles a schema. Throws `invalidRequest` with the error and its place, and TookTooLong above the
 * limit. The validator throws TookTooLong too.
 */
export async function compileWithin(
  limits: TimeLimits,
  given: SchemaText,
  label: string,
): Promise<JsonValidator> {
  const { text } = given
  const schema = isOldDraft(given) ? fromDraft04(given.schema) : given.schema
  const draft = draftOf({ schema, text }, label)
  compilers[draft] ??= load(draft)
  const { metaSchema, newCompiler } = await compilers[draft]
  if (!inTime(limits.compileMs, () => metaSchema(schema))) {
    const [first] = describeErrors(errorsOf(metaSchema))
    const where = first?.path ? `at ${first.path}: ` : ''
    throw unusable(
      label,
      `${where}${first?.message ?? 'it is invalid'}`,
      `Write it as JSON Schema ${draft}.`,
    )
  }
  const withDefaults = text.includes('"default"')
  const compiler = (useDefaults: boolean) => newCompiler(useDefaults).compile(schema as AnySchema)
  let compiled: { validate: ValidateFunction; fill: ValidateFunction | undefined }
  try {
    compiled = inTime(limits.compileMs, () => ({
      validate: compiler(false),
      fill: withDefaults ? compiler(true) : undefined,
    }))
  } catch (error) {
    if (error instanceof TookTooLong) throw error
    throw unusable(label, reason(error), hintFor(error))
  }
  const { validate, fill } = compiled
  const validator: JsonValidator = (value) => {
    if (!validate(value)) return { ok: false, issues: describeErrors(errorsOf(validate)) }
    return { ok: true, value: fill ? filled(value, fill) : value }
  }
  return costly.test(text) || text.length > longSchema
    ? bounded(validator, limits.validateMs)
    : validator
}

/** Limits the validation time. */
function bounded(validator: JsonValidator, validateMs: number): JsonValidator {
  return (value) => {
    try {
      return inTime(validateMs, () => validator(value))
    } catch (error) {
      if (!isEndless(error)) throw error
      return { ok: false, issues: [{ path: '', message: endless }] }
    }
  }
}

/** Whether validation overflowed the stack, as a schema like `{"$ref": "#"}` makes it. */
function isEndless(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError'
  )
}

const endless = 'cannot be checked: the schema refers to itself without end'

/** Fills in defaults on a copy, unless a default is invalid itself, such as pydantic's `null` for a number. */
function filled(value: JsonValue, fill: ValidateFunction): JsonValue {
  const copy = structuredClone(value)
  return fill(copy) ? copy : value
}

function errorsOf(validate: ValidateFunction): KeywordError[] {
  return (validate.errors ?? []) as KeywordError[]
}

function hintFor(error: unknown): string {
  return error instanceof ForeignPattern
    ? 'Write the pattern as an ECMAScript regular expression, with ^ and $ as anchors.'
    : 'Fix the schema. References must point into the schema itself.'
}

function reason(error: unknown): string {
  if (error instanceof RangeError) return 'its references or embedded ids do not end'
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/ from id #$/, '').replace(/\.$/, '')
}

type Draft = '2020-12' | '2019-09' | 'draft-07'

/** 2020-12 has `prefixItems` instead of a list in `items`, which libraries still write. */
const tuple = /"items":\[/

function draftOf({ schema, text }: SchemaText, label: string): Draft {
  const { $schema } = schema
  if ($schema === undefined) return tuple.test(text) ? '2019-09' : '2020-12'
  const uri = String($schema)
  if (/2020-12|json-schema\.org\/schema#?$|openapis\.org\/oas\/3\.1/.test(uri)) return '2020-12'
  if (uri.includes('2019-09')) return '2019-09'
  if (/draft-0[67]/.test(uri)) return 'draft-07'
  throw unusable(
    label,
    `its $schema ${uri} is not supported`,
    'Use JSON Schema 2020-12 (the default), 2019-09, draft-07 or draft-04.',
  )
}

interface Compilers {
  metaSchema: ValidateFunction
  /** Creates a compiler for one schema, so that the `$id`s of different schemas cannot conflict. */
  newCompiler: (useDefaults: boolean) => { compile: (schema: AnySchema) => ValidateFunction }
}

const compilers: Partial<Record<Draft, Promise<Compilers>>> = {}

async function load(draft: Draft): Promise<Compilers> {
  const [Ajv, formats] = await Promise.all([loadAjv(draft), import('ajv-formats')])
  const metaAjv = new Ajv({ strict: false, logger: false, code: { optimize: false } })
  const options: Options = {
    strict: false,
    logger: false,
    allErrors: true,
    meta: false,
    validateSchema: false,
    // Properties that objects inherit, such as `constructor`, are not the value's own.
    ownProperties: true,
    // Fractions such as 19.99 / 0.01 are whole only within the precision of doubles.
    multipleOfPrecision: 9,
    // Inlined references can turn a small schema into a huge program.
    inlineRefs: false,
    code: { optimize: false, regExp: Object.assign(pattern, { code: '' }) },
  }
  return {
    metaSchema: metaAjv.getSchema(metaSchemaIds[draft]) as ValidateFunction,
    newCompiler: (useDefaults: boolean) => {
      const ajv = new Ajv({ ...options, useDefaults })
      formats.default.default(ajv)
      // Many languages write times without a zone, which the schema that they write accepts too.
      for (const name of ['time', 'date-time'] as const)
        ajv.addFormat(name, formats.default.default.get(`iso-${name}`))
      return ajv
    },
  }
}

const metaSchemaIds: Record<Draft, string> = {
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema',
}

async function loadAjv(draft: Draft) {
  switch (draft) {
    case '2020-12':
      return (await import('ajv/dist/2020.js')).Ajv2020
    case '2019-09':
      return (await import('ajv/dist/2019.js')).Ajv2019
    case 'draft-07':
      return (await import('ajv')).Ajv
  }
}
