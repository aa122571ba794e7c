import type { ToolUseBlock } from '../../agent/messages/content.js'
import { isJsonObject, type JsonValue, parseJsonObject } from '../../util/json.js'

/**
 * Parses the arguments that a model wrote. `null` and empty text mean no arguments, and an object
 * may be encoded twice. Other values are kept as written, so that the model receives an error that
 * quotes them.
 */
function parsedInput(text: string): { input: JsonValue; rawInput?: string } {
  if (text.trim() === '') return { input: {} }
  try {
    const input: JsonValue = JSON.parse(text)
    if (isJsonObject(input)) return { input }
    if (input === null) return { input: {} }
    const inner = typeof input === 'string' ? parsedInput(input).input : undefined
    return isJsonObject(inner) ? { input: inner } : { input, rawInput: text }
  } catch {
    return { input: text, rawInput: text }
  }
}

/** Returns the text of a piece of arguments. Some servers send an object, or `null` for none. */
export function argumentText(value: unknown): string {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? JSON.stringify(value) : ''
}

/**
 * Returns the arguments of the calls whose pieces arrived as one. Usually it is one call and its
 * pieces joined. Servers also send an empty object before or after the arguments, repeat all
 * arguments in the last piece, repeat in each piece what came before it, or join several calls. A
 * repetition is never another call. Text of any other form is one call, with the text as it is.
 */
function joinedArguments(pieces: readonly string[]): string[] {
  const joined = pieces.join('')
  if (!joined.trimStart().startsWith('{') || parseJsonObject(joined) !== undefined) return [joined]
  const last = pieces.findLast((piece) => piece.trim() !== '') ?? ''
  if (parseJsonObject(last) !== undefined && isCumulative(pieces)) return [last]
  const objects = splitObjects(joined)
  if (!objects) return [joined]
  const filled = objects.filter((text) => !isEmpty(text))
  return distinct(filled.length > 0 ? filled : objects)
}

/** Returns whether each piece repeats the piece before it. */
function isCumulative(pieces: readonly string[]): boolean {
  const filled = pieces.filter((piece) => piece.trim() !== '')
  return filled.length > 1 && filled.every((piece, at) => piece.startsWith(filled[at - 1] ?? ''))
}

/** Splits JSON objects that follow each other; `undefined` if the text is not a list of them. */
function splitObjects(text: string): string[] | undefined {
  const objects: string[] = []
  let start = 0
  for (let end = text.indexOf('}'); end !== -1; end = text.indexOf('}', end + 1)) {
    const piece = text.slice(start, end + 1)
    if (parseJsonObject(piece) === undefined) continue
    objects.push(piece.trim())
    start = end + 1
  }
  return objects.length > 1 && text.slice(start).trim() === '' ? objects : undefined
}

function isEmpty(text: string): boolean {
  return Object.keys(parseJsonObject(text) ?? { text }).length === 0
}

/** Keeps one of several texts of the same object, however they are written. */
function distinct(texts: readonly string[]): string[] {
  const seen = new Set<string>()
  return texts.filter((text) => {
    const form = JSON.stringify(parseJsonObject(text))
    return !seen.has(form) && seen.add(form)
  })
}

/** Holds what a wire has received of a tool call. */
export interface ReceivedCall {
  id: string | undefined
  name: string
  /** The pieces of the arguments in the order of their arrival. */
  pieces: readonly string[]
  signature?: string | undefined
}

/**
 * Returns the tool calls of an answer. Every call has an id of its own, because providers refuse
 * two calls with the same id. A call that repeats the id, the name and the arguments of another one
 * is left out, so that no call runs twice.
 */
export class AnsweredCalls {
  private readonly taken = new Map<string, Set<string>>()

  blocks({ id, name, pieces, signature }: ReceivedCall): ToolUseBlock[] {
    return joinedArguments(pieces).flatMap((text, at) => {
      const own = id && at > 0 ? `${id}_${at}` : id
      const toolUseId = this.idOf(own, JSON.stringify([name, text]))
      if (toolUseId === undefined) return []
      const reasoningSignature = signature && { reasoningSignature: signature }
      return [{ toolUse: { toolUseId, name, ...parsedInput(text), ...reasoningSignature } }]
    })
  }

  /** Returns the id of a call; `undefined` if the call is a repetition. */
  private idOf(id: string | undefined, call: string): string | undefined {
    const earlier = id ? this.taken.get(id) : undefined
    if (earlier?.has(call)) return undefined
    if (earlier) earlier.add(call)
    else if (id) this.taken.set(id, new Set([call]))
    return id && !earlier ? id : `call_${crypto.randomUUID()}`
  }
}
