import type { JsonObject, JsonValue } from '../util/json.js'

/** `path` is where in the value, joined with ` -> ` (empty for the value itself). */
export interface ValidationIssue {
  path: string
  message: string
}

export type Validation = { ok: true; value: unknown } | { ok: false; issues: ValidationIssue[] }

/** Checks a value against a schema. The core never sees the library behind it. */
export type Validator = (value: JsonValue) => Validation | Promise<Validation>

/** A schema made ready: what the model is shown, and what its answer is held to. */
export interface OutputSchema {
  name: string
  description: string
  jsonSchema: JsonObject
  validate: Validator
}
