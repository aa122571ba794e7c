import { type AgentError, invalidRequest } from '../../../agent/errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

import { resolvePointer } from '../../../util/json-pointer.js'

/**
 * Limits the schema nodes that references may add. References that double at each level can make a
 * short schema very large.
 */
const maxNodes = 10_000
/** This many characters of text count as one more node. */
const charsPerNode = 100
const maxDepth = 200

/**
 * Returns a tool's schema in the form of the model family. Claude accepts JSON Schema unchanged.
 * Other models do not support `$ref`, and Nova supports only these three keys at the top level.
 * Throws `invalidRequest` if a schema without its references is too large.
 */
export function toolSchema(schema: JsonObject, model: string, tool: string): JsonObject {
  const { $schema: _, ...plain } = schema
  const whole: JsonObject = { ...plain, type: plain.type ?? 'object' }
  if (/anthropic|^arn:/.test(model)) return whole
  const flat = new Inlining(whole, model, tool).value(whole, [], 0) as JsonObject
  if (!model.includes('amazon.nova')) return flat
  const { type, properties = {}, required } = flat
  return { type, properties, ...(required !== undefined && { required }) }
}

/** Lists keywords whose values map names to schemas. */
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas'])
/** Lists keywords whose values are data, not schemas. */
const data = new Set(['enum', 'const', 'default', 'examples'])

/**
 * Replaces references by their definitions. A reference inside its own definition is replaced by a
 * schema for any object.
 */
class Inlining {
  private nodes = 0

  constructor(
    private readonly root: JsonObject,
    private readonly model: string,
    private readonly tool: string,
  ) {}

  value(given: JsonValue, open: readonly string[], depth: number): JsonValue {
    if (open.length > 0) this.count(typeof given === 'string' ? given : '')
    if (depth > maxDepth) throw this.tooLarge(`nested deeper than ${maxDepth} levels`)
    if (Array.isArray(given)) return given.map((item) => this.value(item, open, depth + 1))
    if (!isJsonObject(given)) return given
    const { $ref, $defs: _, definitions: __, ...rest } = given
    const own = this.members(rest, open, depth)
    if (typeof $ref !== 'string') return own
    const target = open.includes($ref) ? undefined : resolvePointer($ref, this.root)
    if (target === undefined) return { type: 'object', ...own }
    const found = this.value(target, [...open, $ref], depth + 1)
    return isJsonObject(found) ? { ...found, ...own } : found
  }

  private members(object: JsonObject, open: readonly string[], depth: number): JsonObject {
    const entries = Object.entries(object).map(([key, item]): [string, JsonValue | undefined] => {
      if (open.length > 0) this.count(key)
      if (item === undefined || data.has(key)) return [key, item]
      // In a map of properties, names such as `definitions` are not keywords.
      const isMap = maps.has(key) && isJsonObject(item)
      return [
        key,
        isMap ? this.properties(item, open, depth + 1) : this.value(item, open, depth + 1),
      ]
    })
    return Object.fromEntries(entries)
  }

  private properties(map: JsonObject, open: readonly string[], depth: number): JsonObject {
    const entries = Object.entries(map).map(([name, schema]) => {
      if (open.length > 0) this.count(name)
      return [name, schema === undefined ? schema : this.value(schema, open, depth + 1)]
    })
    return Object.fromEntries(entries)
  }

  private count(text: string): void {
    this.nodes += 1 + Math.floor(text.length / charsPerNode)
    if (this.nodes > maxNodes) throw this.tooLarge('too large')
  }

  private tooLarge(how: string): AgentError {
    return invalidRequest(
      `Written out without "$ref", which ${this.model} does not know, the JSON Schema of ${this.tool} is ${how}.`,
      'Use fewer "$ref"s within what others refer to, or a model that takes them, such as Claude.',
    )
  }
}
