import type { ToolUseBlock } from '../../../agent/messages/content.js'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonObject,
} from '../../../util/json.js'
import { parsedInput } from '../sent-values.js'

interface Call {
  id: string | undefined
  name: string
  arguments: string
  signature: string | undefined
}

/**
 * Builds the tool calls of an answer. OpenAI numbers them by `index`. Other servers send all calls
 * at index 0, omit the index or id, or repeat both. A new call therefore has a new id, or else a
 * name after the previous call is complete.
 */
export class ToolCalls {
  private readonly calls: Call[] = []
  private readonly byIndex = new Map<number, Call>()

  /** Adds a piece of a call. Returns the name of the call if the piece starts one. */
  push(piece: JsonObject): string | undefined {
    const fn = isJsonObject(piece.function) ? piece.function : {}
    const id = nonEmpty(piece.id)
    const name = nonEmpty(fn.name)
    const index = typeof piece.index === 'number' ? piece.index : undefined
    const open = this.openCall(index, id, name)
    const call = open && !beginsAnew(open, id, name) ? open : this.begin(index)
    const begun = call.name === '' ? name : undefined
    call.id ??= id
    if (begun) call.name = begun
    call.arguments += argumentText(fn.arguments)
    call.signature ??= signatureOf(piece)
    return begun
  }

  finish(): ToolUseBlock[] {
    const whole = this.calls.flatMap(splitGlued)
    const ids = new Set<string>()
    return whole.map(({ id, name, arguments: text, signature }) => ({
      toolUse: {
        toolUseId: uniqueId(id, ids),
        name,
        ...parsedInput(text),
        ...(signature !== undefined && { reasoningSignature: signature }),
      },
    }))
  }

  private openCall(index: number | undefined, id: string | undefined, name: string | undefined) {
    const atIndex = index === undefined ? this.calls.at(-1) : this.byIndex.get(index)
    if (id === undefined || atIndex?.id === id) return atIndex
    // A name at a new index is a new call, even if a server uses the same id for every call.
    if (index !== undefined && atIndex === undefined && name !== undefined) return undefined
    return this.calls.find((call) => call.id === id) ?? atIndex
  }

  private begin(index: number | undefined): Call {
    const call: Call = { id: undefined, name: '', arguments: '', signature: undefined }
    this.calls.push(call)
    if (index !== undefined) this.byIndex.set(index, call)
    return call
  }
}

/**
 * Returns an id that is unique in the answer, because providers refuse two calls with the same id.
 */
function uniqueId(id: string | undefined, ids: Set<string>): string {
  const unique = id === undefined || ids.has(id) ? `call_${crypto.randomUUID()}` : id
  ids.add(unique)
  return unique
}

function beginsAnew(open: Call, id: string | undefined, name: string | undefined): boolean {
  if (id !== undefined && open.id !== undefined && id !== open.id) return true
  if (name === undefined || open.name === '') return false
  if (id !== undefined && id === open.id) return false
  return name !== open.name || parseJsonObject(open.arguments) !== undefined
}

/**
 * Splits calls that a server concatenated, such as `{"a":1}{"a":2}`. The calls are split only if
 * every piece is an object.
 */
function splitGlued(call: Call): Call[] {
  const text = call.arguments.trim()
  if (!/\}\s*\{/.test(text) || parseJsonObject(text) !== undefined) return [call]
  const pieces: string[] = []
  let start = 0
  for (let end = text.indexOf('}'); end !== -1; end = text.indexOf('}', end + 1)) {
    if (parseJsonObject(text.slice(start, end + 1)) === undefined) continue
    pieces.push(text.slice(start, end + 1))
    start = end + 1
  }
  if (pieces.length < 2 || text.slice(start).trim() !== '') return [call]
  return pieces.map((piece, index) => ({
    ...call,
    id: index === 0 || call.id === undefined ? call.id : `${call.id}_${index}`,
    arguments: piece,
  }))
}

/** Returns the arguments as text. Some servers send them as an object. */
function argumentText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? JSON.stringify(value) : ''
}

/** Returns Gemini's thought signature from the fields of LiteLLM or Google. */
function signatureOf(piece: JsonObject): string | undefined {
  const fn = isJsonObject(piece.function) ? piece.function : {}
  const google = isJsonObject(piece.extra_content) ? piece.extra_content.google : undefined
  for (const holder of [piece.provider_specific_fields, fn.provider_specific_fields, google]) {
    const signature = isJsonObject(holder) ? nonEmpty(holder.thought_signature) : undefined
    if (signature !== undefined) return signature
  }
  return undefined
}

function nonEmpty(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
