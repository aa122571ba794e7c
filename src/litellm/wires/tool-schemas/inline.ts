import { type AgentError, invalidRequest } from '../../../agent/errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import { resolvePointer } from '../../../util/json-pointer.js'
import { data, maps } from './nodes.js'

/**
 * Limits the schema nodes that references may add. References that double at each level can make a
 * short schema very large.
 */
const maxNodes = 10_000
/** This many characters of text count as one more node. */
const charsPerNode = 100
const maxDepth = 200

/**
 * Returns a schema with its definitions in place of references. Throws `invalidRequest` if it is too
 * large in that form.
 */
export function inlinedSchema(schema: JsonObject, model: string, tool: string): JsonObject {
  return new Inlining(schema, model, tool).value(schema, [], 0) as JsonObject
}

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
