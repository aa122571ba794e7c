import { enclosed } from '../../util/enclosed.js'
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../../util/json.js'

/** What one piece of text may mean: the object itself, or one wrapped in it. The first valid one counts. */
export type Candidate = readonly JsonObject[]

/** Longer texts are not searched, because a scan starts at every brace. */
const maxChars = 1_000_000
const maxObjects = 50

/**
 * Finds the JSON objects in a model's text, grouped by how certain they are: the whole text, then
 * code fences and tags, then any balanced braces. Reasoning in `<think>` tags is not searched. Pure.
 */
export function findObjects(text: string): Candidate[][] {
  const answer = withoutThinking(text.slice(0, maxChars))
  const pieces = [[answer], marked(answer), balancedRegions(answer)]
  return pieces.map((group) => group.flatMap(candidatesOf)).filter((group) => group.length > 0)
}

/** Finds the objects that a JSON value means: itself, JSON in a string, or the one item of a list. */
export function objectsInValue(value: JsonValue): Candidate[] {
  if (isJsonObject(value)) return [withWrapped(value)]
  if (typeof value === 'string') return findObjects(value)[0] ?? []
  if (Array.isArray(value) && value.length === 1) return objectsInValue(value[0] as JsonValue)
  return []
}

/** Returns the regions of a text that could be repaired to an object: balanced, with no part left out. */
export function repairableRegions(text: string): string[] {
  const answer = withoutThinking(text.slice(0, maxChars))
  return balancedRegions(answer).filter((region) => !omits(region))
}

function candidatesOf(piece: string): Candidate[] {
  const object = parseJsonObject(piece.trim())
  return object ? [withWrapped(object)] : []
}

const wrapperKeys = [
  'arguments',
  'parameters',
  'input',
  'output',
  'result',
  'value',
  'json',
  'data',
]

/** Models also write a tool call as text, or wrap the object in the name of its kind. */
function withWrapped(object: JsonObject): Candidate {
  const { name, arguments: args, parameters, input } = object
  const entries = Object.entries(object)
  const called = asObject(args ?? parameters ?? input)
  if (typeof name === 'string' && entries.length <= 3 && called) return [called, object]
  const [key = '', value] = entries.length === 1 ? (entries[0] ?? []) : []
  const inner = isWrapperKey(key) ? asObject(value) : undefined
  return inner ? [object, inner] : [object]
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  if (typeof value === 'string') return parseJsonObject(value)
  return isJsonObject(value) ? value : undefined
}

/** A key such as `StructuredOutput` or `BookAnalysis` names the object's kind. */
function isWrapperKey(key: string): boolean {
  return wrapperKeys.includes(key) || /^[A-Z]\w*$/.test(key)
}

function withoutThinking(text: string): string {
  let rest = ''
  let from = 0
  for (const { outer } of enclosed(text, thinking, endTag)) {
    rest += text.slice(from, outer.start)
    from = outer.end
  }
  rest += text.slice(from)
  // Some servers leave out the opening tag.
  return rest.replace(/^[\s\S]*<\/(think|thinking|reasoning)>/i, '').trim()
}

const thinking = /<(think|thinking|reasoning)>/gi
const fence = /(```|~~~)[\w+-]*[ \t]*\r?\n?/g
const tag = /<(json|output|answer|result|tool_call|function_call|response)>/gi
const endTag = (name: string) => new RegExp(`</${name}>`, 'gi')

/** The contents of code fences and of tags such as `<json>`. */
function marked(text: string): string[] {
  const fences = enclosed(text, fence, (name) => new RegExp(name, 'g'))
  const tags = enclosed(text, tag, endTag)
  return [...fences, ...tags].map(({ inner }) => text.slice(inner.start, inner.end))
}

/** The outermost regions between matching braces, with braces in strings left out of the count. */
function balancedRegions(text: string): string[] {
  const regions: string[] = []
  let from = text.indexOf('{')
  while (from !== -1 && regions.length < maxObjects) {
    const to = closingBrace(text, from)
    if (to !== undefined) regions.push(text.slice(from, to + 1))
    from = text.indexOf('{', to === undefined ? from + 1 : to + 1)
    // An unclosed brace makes what follows part of something cut off.
    if (to === undefined) break
  }
  return regions
}

function closingBrace(text: string, from: number): number | undefined {
  let depth = 0
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string
    if (quote) {
      if (char === '\\') at++
      else if (char === quote) quote = ''
    } else if (char === '"') quote = char
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return at
  }
  return undefined
}

/** Whether an object leaves out values, which a repair would have to invent. */
function omits(region: string): boolean {
  const outside = region.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
  return /\.\.\.|…|\bundefined\b|\bNaN\b|\bInfinity\b|:\s*[,}\]]/.test(outside)
}
