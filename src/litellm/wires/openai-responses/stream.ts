import type { ContentBlock, StopReason } from '../../../agent/messages/content.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { Delta } from '../deltas.js'
import { blocksOf, isCall, type OutputItem, partsOf, textOf } from './items.js'

export interface ResponsesAnswer {
  content: ContentBlock[]
  stopReason: StopReason
  /** `null`: no event said that the response is over. */
  rawStopReason: string | null
  /** The `usage` member as it came. */
  usage: unknown
  model: string | null
  /** The tier that served the response, in the provider's own word. */
  serviceTier: string | null
}

/** What an event says of the item that it belongs to. */
interface Place {
  index: number | undefined
  id: JsonValue | undefined
  type: string | undefined
  callId?: JsonValue | undefined
}

/** What the events of a kind belong to: the type of the item, and the kind of its part. */
const deltas: Record<string, { type: string; part?: string; index?: string }> = {
  'response.output_text': { type: 'message', part: 'text', index: 'content_index' },
  'response.refusal': { type: 'message', part: 'refusal', index: 'content_index' },
  'response.reasoning_summary_text': {
    type: 'reasoning',
    part: 'summary',
    index: 'summary_index',
  },
  'response.reasoning_text': { type: 'reasoning', part: 'text', index: 'content_index' },
  'response.function_call_arguments': { type: 'function_call' },
  'response.custom_tool_call_input': { type: 'custom_tool_call' },
}

const terminal = new Set(['response.completed', 'response.incomplete', 'response.done'])

/**
 * Assembles a response, from the events of a stream or from one JSON reply. Each event that repeats
 * a whole (a part, an item, the response) corrects what the deltas before it said, so that lost,
 * repeated and reordered events do no harm. Unknown events and items are ignored.
 */
export class ResponseBuilder {
  private readonly items: OutputItem[] = []
  private response: JsonObject = {}
  private finished = false

  constructor(private readonly origin: string) {}

  *push(event: JsonObject): Generator<Delta> {
    const type = typeof event.type === 'string' ? event.type : ''
    if (isJsonObject(event.response)) this.response = { ...this.response, ...event.response }
    if (terminal.has(type)) {
      yield* this.takeOutput(this.response.output)
      this.finished = true
    } else if (/^response\.output_item\.(added|done)$/.test(type)) {
      if (isJsonObject(event.item))
        yield* this.takeItem(event.item, count(event.output_index), { done: type.endsWith('done') })
    } else yield* this.takePart(type, event)
  }

  /** Takes a whole response. */
  *complete(response: JsonObject): Generator<Delta> {
    this.response = response
    yield* this.takeOutput(response.output)
    this.finished = true
  }

  get text(): string {
    return this.items.map((item) => (item.type === 'message' ? textOf(item) : '')).join('')
  }

  /** Whether the response is over, and its usage known if it was reported at all. */
  get saidAll(): boolean {
    return this.finished
  }

  answer(): ResponsesAnswer {
    const { incomplete_details: details, status, usage, model, service_tier } = this.response
    const reason = isJsonObject(details) ? details.reason : undefined
    const stopped = status === 'incomplete' || typeof reason === 'string'
    const cut = typeof reason === 'string' ? reason : 'incomplete'
    const filtered = stopped && cut === 'content_filter'
    const items = this.ordered().filter((item) => !filtered || !isCall(item) || item.done)
    return {
      content: blocksOf(items, this.origin),
      stopReason: stopped
        ? filtered
          ? 'contentFiltered'
          : 'maxTokens'
        : items.some(isCall)
          ? 'toolUse'
          : items.some(isRefusal)
            ? 'contentFiltered'
            : 'endTurn',
      rawStopReason: this.finished ? (stopped ? cut : 'completed') : null,
      usage,
      model: typeof model === 'string' ? model : null,
      serviceTier: typeof service_tier === 'string' ? service_tier : null,
    }
  }

  /** By place in the output. Items without one follow in the order in which they came. */
  private ordered(): OutputItem[] {
    return [...this.items].sort((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || 0)
  }

  private *takeOutput(output: JsonValue | undefined): Generator<Delta> {
    if (!Array.isArray(output)) return
    for (const [index, item] of output.entries())
      if (isJsonObject(item)) yield* this.takeItem(item, index, { done: true, whole: true })
  }

  private *takeItem(
    item: JsonObject,
    index: number | undefined,
    { done, whole = false }: { done: boolean; whole?: boolean },
  ): Generator<Delta> {
    const { id, call_id: callId } = item
    const type = typeof item.type === 'string' ? item.type : undefined
    // A whole response may leave out items that were streamed: there the place says less than the id.
    const place = whole && this.items.some((one) => one.id === id) ? undefined : index
    const known = this.itemAt({ index: place, id, type, callId })
    known.index ??= index
    const named = typeof known.fields.name === 'string'
    known.fields = { ...known.fields, ...item }
    known.done ||= done
    if (!named && isCall(known) && typeof item.name === 'string')
      yield { type: 'toolUseStart', name: item.name }
    const text = argumentText(item.type === 'custom_tool_call' ? item.input : item.arguments)
    if (text !== '') known.arguments = text
    for (const [key, text] of partsOf(item)) yield* settle(known, key, text)
  }

  private *takePart(type: string, event: JsonObject): Generator<Delta> {
    const [, kind = '', end] = /^(response\.\w+)\.(delta|done)$/.exec(type) ?? []
    const meant = deltas[kind]
    if (!meant) return
    const { output_index, item_id: id } = event
    const item = this.itemAt({ index: count(output_index), id, type: meant.type })
    if (meant.part === undefined) {
      const whole = argumentText(event.arguments ?? event.input)
      if (end === 'delta') item.arguments += argumentText(event.delta)
      else if (whole !== '') item.arguments = whole
      return
    }
    const key = `${meant.part} ${count(event[meant.index ?? '']) ?? 0}`
    const text = end === 'delta' ? event.delta : (event.text ?? event.refusal)
    if (typeof text !== 'string' || text === '') return
    yield* end === 'delta' ? grow(item, key, text) : settle(item, key, text)
  }

  /** Some servers change an item's id from event to event, others leave out ids or places. */
  private itemAt({ index, id, type, callId }: Place): OutputItem {
    const ofType = this.items.filter((item) => item.type === type || type === undefined)
    const named = typeof id === 'string' && id !== '' ? id : undefined
    const item =
      ofType.find((one) => index !== undefined && one.index === index) ??
      ofType.find((one) => named !== undefined && one.id === named) ??
      ofType.find((one) => typeof callId === 'string' && one.fields.call_id === callId) ??
      (index === undefined && named === undefined ? ofType.at(-1) : undefined)
    if (item) {
      item.id ??= named
      return item
    }
    const parts = new Map<string, string>()
    const made = { type, id: named, index, parts, arguments: '', fields: {}, done: false }
    this.items.push(made)
    return made
  }
}

function isRefusal({ parts }: OutputItem): boolean {
  return [...parts].some(([key, text]) => key.startsWith('refusal') && text !== '')
}

/** Adds a piece to a part. Parts of reasoning are separated by a blank line. */
function* grow(item: OutputItem, key: string, text: string): Generator<Delta> {
  const before = item.parts.get(key)
  const isReasoning = item.type === 'reasoning'
  const begins = isReasoning && !before && [...item.parts.values()].some((part) => part !== '')
  item.parts.set(key, (before ?? '') + text)
  yield {
    type: isReasoning ? 'reasoningDelta' : 'textDelta',
    text: begins ? `\n\n${text}` : text,
  }
}

/** Takes the whole of a part, and emits what no delta had said. */
function* settle(item: OutputItem, key: string, text: string): Generator<Delta> {
  const before = item.parts.get(key) ?? ''
  if (text.startsWith(before) && text.length > before.length)
    yield* grow(item, key, text.slice(before.length))
  else if (text !== '') item.parts.set(key, text)
}

/** Some servers give the arguments as an object. */
function argumentText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? JSON.stringify(value) : ''
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}
