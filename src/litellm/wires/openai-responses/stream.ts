import type { ContentBlock, StopReason } from '../../../agent/messages/content.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { Delta } from '../deltas.js'
import { argumentText } from '../tool-arguments.js'
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
  /** The number of web searches, which have a price of their own. */
  searches: number
}

/** What an event says of the item that it belongs to. */
type Place = Pick<OutputItem, 'index' | 'id' | 'type'>

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
        yield* takeItem(
          this.itemAt({ index: count(event.output_index), ...placeOf(event.item) }),
          event.item,
          type.endsWith('done'),
        )
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
  get hasEnded(): boolean {
    return this.finished
  }

  get isFinished(): boolean {
    return this.finished
  }

  get isComplete(): boolean {
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
      searches: items.filter(({ type }) => type === 'web_search_call').length,
    }
  }

  /** By place in the output. Items without one follow in the order in which they came. */
  private ordered(): OutputItem[] {
    return [...this.items].sort((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || 0)
  }

  private *takeOutput(output: JsonValue | undefined): Generator<Delta> {
    if (!Array.isArray(output)) return
    const left = [...this.items]
    for (const [index, item] of output.entries()) {
      if (!isJsonObject(item)) continue
      const known = streamedItem(left, item, index) ?? this.begin({ index, ...placeOf(item) })
      if (left.includes(known)) left.splice(left.indexOf(known), 1)
      known.index ??= index
      yield* takeItem(known, item, true)
    }
  }

  private *takePart(type: string, event: JsonObject): Generator<Delta> {
    const [, kind = '', end] = /^(response\.\w+)\.(delta|done)$/.exec(type) ?? []
    const meant = deltas[kind]
    if (!meant) return
    const { output_index, item_id: id } = event
    const item = this.itemAt({ index: count(output_index), id: textOrNone(id), type: meant.type })
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
  private itemAt(place: Place): OutputItem {
    const { index, id, type } = place
    const ofType = this.items.filter((item) => item.type === type)
    const item =
      ofType.find((one) => index !== undefined && one.index === index) ??
      ofType.find((one) => id !== undefined && one.id === id) ??
      (index === undefined && id === undefined ? ofType.at(-1) : undefined)
    if (item) item.id ??= id
    return item ?? this.begin(place)
  }

  private begin(place: Place): OutputItem {
    const item = { ...place, parts: new Map(), arguments: '', fields: {}, done: false }
    this.items.push(item)
    return item
  }
}

/**
 * Returns the streamed item that an item of a whole response repeats. A whole response may leave out
 * items that were streamed, so its ids say more than its places.
 */
function streamedItem(
  items: readonly OutputItem[],
  item: JsonObject,
  index: number,
): OutputItem | undefined {
  const { id, type } = placeOf(item)
  const ofType = items.filter((one) => one.type === type)
  return (
    ofType.find((one) => id !== undefined && one.id === id) ??
    ofType.find((one) => one.index === index) ??
    ofType[0]
  )
}

function* takeItem(known: OutputItem, item: JsonObject, done: boolean): Generator<Delta> {
  const named = typeof known.fields.name === 'string'
  known.id ??= textOrNone(item.id)
  known.fields = { ...known.fields, ...item }
  known.done ||= done
  if (!named && isCall(known) && typeof item.name === 'string')
    yield { type: 'toolUseStart', name: item.name }
  const text = argumentText(item.type === 'custom_tool_call' ? item.input : item.arguments)
  if (text !== '') known.arguments = text
  for (const [key, part] of partsOf(item)) yield* settle(known, key, part)
}

function placeOf({ id, type }: JsonObject): Pick<Place, 'id' | 'type'> {
  return { id: textOrNone(id), type: textOrNone(type) }
}

function textOrNone(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
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

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}
