import type { JsonObject, JsonValue } from '../util/json.js'

/** One validation error. `path` is its place in the value, joined with ` -> ` (empty for the root). */
export interface ValidationIssue {
  path: string
  message: string
}

export type Validation = { ok: true; value: unknown } | { ok: false; issues: ValidationIssue[] }

/** Validates a value. Hides the validation library from the core. */
export type Validator = (value: JsonValue) => Validation | Promise<Validation>

/** A compiled schema: what is sent to the model, and the validator for its answer. */
export interface OutputSchema {
  name: string
  description: string
  jsonSchema: JsonObject
  validate: Validator
  /** Repairs text that is almost JSON, without inventing values. `undefined` if it cannot be repaired. */
  repair?: (text: string) => Promise<JsonValue | undefined>
}
