import { isJsonObject, type JsonObject } from '../../../util/json.js'
import { resolvePointer } from '../../../util/json-pointer.js'
import { asObject, either, objectsIn, textsIn } from './nodes.js'

const maxRefs = 16
/** Keywords that providers refuse at the root, besides the combinators that are folded. */
const refused = new Set(['not', 'if', 'then', 'else', 'enum', 'const', 'nullable'])

/**
 * Returns a schema whose root is an object with properties, because providers refuse other roots.
 * Branches are folded into the root: it has the properties of all branches and requires what every
 * branch requires. A folded schema accepts more than the original, which still validates the
 * arguments, so its description states what the branches require.
 */
export function objectRoot(schema: JsonObject): JsonObject {
  const root = withoutRef(schema, schema)
  const { allOf, anyOf, oneOf, then, else: otherwise } = root
  const parts = [...objectsIn(allOf)].map((part) => foldedPart(part, schema))
  const unions = [anyOf, oneOf, [then ?? null, otherwise ?? null]]
    .map((branches) => objectsIn(branches).map((part) => foldedPart(part, schema)))
    .filter((branches) => branches.length > 0)
  const properties = { ...asObject(root.properties) }
  const required = new Set(textsIn(root.required))
  for (const part of parts) {
    for (const [name, value] of Object.entries(asObject(part.properties)))
      if (value !== undefined && properties[name] === undefined) properties[name] = value
    for (const name of textsIn(part.required)) required.add(name)
  }
  for (const branches of unions) {
    foldUnion(properties, branches)
    const all = branches.map((branch) => new Set(textsIn(branch.required)))
    const given = branches === unions.at(-1) && isConditional(root, branches) ? [] : all
    for (const name of given[0] ?? [])
      if (given.every((names) => names.has(name))) required.add(name)
  }
  const isFolded = parts.length + unions.length > 0
  const kept = Object.entries(root).filter(
    ([key]) => !refused.has(key) && !['allOf', 'anyOf', 'oneOf'].includes(key),
  )
  const hint = unions.map(alternatives).find((text) => text !== undefined)
  const { description } = root
  const given = typeof description === 'string' ? `${description} ` : ''
  return {
    ...Object.fromEntries(kept),
    type: 'object',
    properties,
    ...((isFolded ? required.size > 0 : root.required !== undefined) && {
      required: isFolded ? [...required] : root.required,
    }),
    ...(hint !== undefined && { description: given + hint }),
  }
}

function isConditional({ then, else: otherwise }: JsonObject, branches: readonly JsonObject[]) {
  return isJsonObject(then) !== isJsonObject(otherwise) && branches.length === 1
}

/** Returns the target of a reference at the root of a schema. */
function withoutRef(schema: JsonObject, whole: JsonObject): JsonObject {
  let root = schema
  for (let refs = 0; typeof root.$ref === 'string'; refs++) {
    const { $ref, ...siblings } = root
    const target = refs < maxRefs ? resolvePointer($ref, whole) : undefined
    root = isJsonObject(target) ? { ...target, ...siblings } : siblings
  }
  return root
}

/** Returns a branch as an object of its own, without references and combinators. */
function foldedPart(part: JsonObject, whole: JsonObject, depth = 0): JsonObject {
  const plain = withoutRef(part, whole)
  const inner = [...objectsIn(plain.allOf), ...objectsIn(plain.anyOf), ...objectsIn(plain.oneOf)]
  if (inner.length === 0 || depth > maxRefs) return plain
  const { $defs, definitions } = whole
  return objectRoot({ ...($defs && { $defs }), ...(definitions && { definitions }), ...plain })
}

/** Adds the properties of several branches. Those of one name become a union. */
function foldUnion(properties: JsonObject, branches: readonly JsonObject[]): void {
  const added: JsonObject = {}
  for (const branch of branches)
    for (const [name, value] of Object.entries(asObject(branch.properties)))
      if (value !== undefined) added[name] = either(added[name], value)
  for (const [name, value] of Object.entries(added)) properties[name] ??= value
}

/** Returns a sentence on what the branches require; `undefined` if they require the same. */
function alternatives(branches: readonly JsonObject[]): string | undefined {
  const sets = branches.map(({ required }) => textsIn(required).join(' and '))
  const distinct = [...new Set(sets)]
  if (distinct.length < 2 || distinct.includes('')) return undefined
  return `Required: ${distinct.join(', or ')}.`
}
