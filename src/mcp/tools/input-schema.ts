import type { JsonObject } from '../../util/json.js'

import schemas from './input-schemas.json' with { type: 'json' }

/**
 * The input schema of a tool as tools/list shows it. They are made from the arguments beforehand
 * (scripts/input-schemas.ts): it takes a tenth of a start. `known` are arguments of which the
 * configuration says more.
 */
export function inputSchema(
  tool: keyof typeof schemas,
  known: JsonObject = {},
): JsonObject & { type: 'object' } {
  const { properties, ...rest } = schemas[tool]
  return { ...rest, type: 'object', properties: { ...properties, ...known } }
}
