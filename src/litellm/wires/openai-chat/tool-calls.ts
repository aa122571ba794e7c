import type { ToolUseBlock } from '../../../agent/messages/content.js'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonObject,
} from '../../../util/json.js'
import { AnsweredCalls, argumentText, type ReceivedCall } from '../tool-arguments.js'

interface Call extends ReceivedCall {
  pieces: string[]
}

/**
 * Builds the tool calls of an answer. OpenAI numbers them by `index`. Other servers send all calls
 * at index 0, omit the index or id, repeat both, or change the id with every piece. A new call
 * therefore has a name, and with it a new id or a complete call before it.
 */
export class ToolCalls {
  private readonly calls: Call[] = []
  private readonly byIndex = new Map<number, Call>()

  /** Adds a piece of a call. Returns the name of the call if the piece starts one. */
  push(piece: JsonObject): string | undefined {
    const fn = isJsonObject(piece.function) ? piece.function : {}
    const id = nonEmpty(piece.id)
    const name = nonEmpty(fn.name)
    const text = argumentText(fn.arguments)
    const index = indexOf(piece.index)
    const open = this.openCall(index, id, name)
    const call = open && !beginsAnew(open, id, name, text) ? open : this.begin(index)
    const begun = call.name === '' ? name : undefined
    call.id ??= id
    if (begun) call.name = begun
    if (text !== '') call.pieces.push(text)
    call.signature ??= signatureOf(piece)
    return begun
  }

  finish(): ToolUseBlock[] {
    const answered = new AnsweredCalls()
    return this.calls.flatMap((call) => answered.blocks(call))
  }

  private openCall(index: number | undefined, id: string | undefined, name: string | undefined) {
    const atIndex = index === undefined ? this.calls.at(-1) : this.byIndex.get(index)
    if (id === undefined || atIndex?.id === id) return atIndex
    // A name at a new index is a new call, even if a server uses the same id for every call.
    if (index !== undefined && atIndex === undefined && name !== undefined) return undefined
    return this.calls.find((call) => call.id === id) ?? atIndex
  }

  private begin(index: number | undefined): Call {
    const call: Call = { id: undefined, name: '', pieces: [], signature: undefined }
    this.calls.push(call)
    if (index !== undefined) this.byIndex.set(index, call)
    return call
  }
}

function beginsAnew(
  open: Call,
  id: string | undefined,
  name: string | undefined,
  text: string,
): boolean {
  // Without a name, a piece continues a call, even if the server gives each piece another id.
  if (name === undefined || open.name === '') return false
  if (id !== undefined && id === open.id) return false
  const before = open.pieces.join('')
  const complete = parseJsonObject(before) !== undefined
  if (id === undefined || open.id === undefined) return name !== open.name || complete
  const continues = before !== '' && !complete && text !== '' && !text.trimStart().startsWith('{')
  return name !== open.name || !continues
}

function indexOf(value: JsonValue | undefined): number | undefined {
  const index = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof index === 'number' && Number.isInteger(index) ? index : undefined
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
