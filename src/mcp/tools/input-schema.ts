import type { JsonObject } from '../../util/json.js'
import schemas from './input-schemas.json' with { type: 'json' }
import type { ArgumentSchema } from './normalize-arguments.js'

export type SchemaName = keyof typeof schemas

/**
 * Returns the input schema of a tool as tools/list shows it. scripts/input-schemas.ts generates the
 * schemas from the arguments, because that would take a tenth of a start. `properties` replace
 * those of which the configuration says more.
 */
export function inputSchema(
  name: SchemaName,
  properties: JsonObject = {},
): JsonObject & { type: 'object' } {
  const schema = schemas[name]
  return { ...schema, type: 'object', properties: { ...schema.properties, ...properties } }
}

/** Returns the same schema for the conversion of arguments. */
export function argumentSchema(name: SchemaName): ArgumentSchema {
  return schemas[name]
}
