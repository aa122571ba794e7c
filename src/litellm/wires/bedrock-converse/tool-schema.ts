import { isJsonObject, type JsonObject, type JsonValue } from '../../../agent/content.js'

/**
 * A tool's schema as the model family takes it. Claude takes JSON Schema as it is; the others know
 * no `$ref`, and Nova nothing but these three keys at the top.
 */
export function toolSchema(schema: JsonObject, model: string): JsonObject {
  const { $schema: _, ...plain } = schema
  const whole: JsonObject = { ...plain, type: plain.type ?? 'object' }
  if (/anthropic|^arn:/.test(model)) return whole
  const { $defs, definitions, ...flat } = inlined(whole, whole, []) as JsonObject
  if (!model.includes('amazon.nova')) return flat
  const { type, properties = {}, required } = flat
  return { type, properties, ...(required !== undefined && { required }) }
}

/** Definitions put where they are referred to; one that contains itself ends as any object. */
function inlined(value: JsonValue, root: JsonObject, open: readonly string[]): JsonValue {
  if (Array.isArray(value)) return value.map((item) => inlined(item, root, open))
  if (!isJsonObject(value)) return value
  const { $ref, ...rest } = value
  if (typeof $ref === 'string') {
    const target = open.includes($ref) ? undefined : lookUp($ref, root)
    if (target === undefined) return { type: 'object', ...rest }
    const found = inlined(target, root, [...open, $ref])
    return isJsonObject(found) ? { ...found, ...rest } : found
  }
  const entries = Object.entries(rest).filter(([key]) => key !== '$defs' && key !== 'definitions')
  return Object.fromEntries(
    entries.map(([key, item]) => [key, item === undefined ? item : inlined(item, root, open)]),
  )
}

function lookUp(ref: string, root: JsonObject): JsonValue | undefined {
  if (!ref.startsWith('#')) return undefined
  let node: JsonValue | undefined = root
  for (const key of ref.slice(1).split('/').filter(Boolean)) {
    if (!isJsonObject(node)) return undefined
    node = node[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return node
}
