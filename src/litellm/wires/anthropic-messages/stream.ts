import type {
  ContentBlock as ClaudeBlock,
  Message as ClaudeMessage,
  RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources'
import type { ContentBlock } from '../../../agent/messages/content.js'
import { isJsonObject, type JsonObject, parseJsonObject } from '../../../util/json.js'
import type { Delta } from '../deltas.js'
import { count } from '../openai-chat/usage.js'
import { endOfAnswer } from '../stop-reasons.js'
import { AnsweredCalls, argumentText } from '../tool-arguments.js'

/**
 * Holds the token counts of a Messages response as reported. `input_tokens` does not include cached
 * tokens.
 */
export interface MessagesUsage {
  input: number
  output: number
  read: number | undefined
  written: number | undefined
  written1h: number | undefined
  /** The number of web searches, which have a price of their own. */
  searches: number | undefined
}

interface Open {
  /** The block of the answer; `undefined` if it is of a tool that the provider runs. */
  block: ContentBlock | undefined
  /** The block as it came, if it is of a tool that the provider runs. */
  raw?: JsonObject
  /** The received pieces of a tool's arguments. */
  json: string[]
}

/** Builds a Messages response from the events of a stream or from one message. */
export class MessageBuilder {
  private readonly blocks: Open[] = []
  private readonly open = new Map<number, Open>()
  private usage: Record<string, unknown> = {}
  private earlier: MessagesUsage | null = null
  private stop: string | null = null
  private model: string | null = null
  private finished = false;

  *push(event: RawMessageStreamEvent): Generator<Delta> {
    switch (event.type) {
      case 'message_start':
        this.model = event.message.model
        this.addUsage(event.message.usage)
        break
      case 'content_block_start':
        yield* this.start(event.index, event.content_block)
        break
      case 'content_block_delta':
        yield* this.grow(event.index, event.delta)
        break
      case 'message_delta':
        this.stop = event.delta.stop_reason ?? this.stop
        this.addUsage(event.usage)
        break
      case 'message_stop':
        this.finished = true
    }
  }

  *complete(message: ClaudeMessage): Generator<Delta> {
    this.model = message.model
    this.addUsage(message.usage)
    for (const [index, block] of message.content.entries()) yield* this.start(index, block)
    this.stop = message.stop_reason
    this.finished = true
  }

  get text(): string {
    return this.blocks.map(({ block }) => (block && 'text' in block ? block.text : '')).join('')
  }

  /**
   * Prepares for the rest of an answer that the provider paused. Returns what it said so far, which
   * the next request has to contain unchanged.
   */
  resume(): JsonObject[] {
    this.earlier = this.reportedUsage()
    this.usage = {}
    this.open.clear()
    this.stop = null
    this.finished = false
    return this.blocks.flatMap(said)
  }

  /** Whether the provider said that the stream is over. */
  get hasEnded(): boolean {
    return this.finished
  }

  get isFinished(): boolean {
    return this.stop !== null
  }

  /** Whether the model has finished and its usage is known. */
  get isComplete(): boolean {
    return this.stop !== null && this.reportedUsage() !== null
  }

  /** Returns the answer. Its stop reason is `null` if the provider did not report one. */
  answer() {
    const { service_tier: tier } = this.usage
    const calls = new AnsweredCalls()
    const content = this.blocks.flatMap((open) => closed(open, calls))
    return {
      content,
      model: this.model,
      stopReason: endOfAnswer(
        this.stop ?? 'end_turn',
        content.some((block) => 'toolUse' in block),
      ),
      rawStopReason: this.stop ?? (this.finished ? 'end_turn' : null),
      usage: this.reportedUsage(),
      serviceTier: typeof tier === 'string' ? tier : null,
    }
  }

  reportedUsage(): MessagesUsage | null {
    const own = this.ownUsage()
    return own && this.earlier ? sumOf(own, this.earlier) : (own ?? this.earlier)
  }

  private ownUsage(): MessagesUsage | null {
    const { input_tokens, output_tokens, cache_creation, server_tool_use: tools } = this.usage
    const input = count(input_tokens)
    const output = count(output_tokens)
    if (input === undefined && output === undefined) return null
    return {
      input: input ?? 0,
      output: output ?? 0,
      read: count(this.usage.cache_read_input_tokens),
      written: count(this.usage.cache_creation_input_tokens),
      written1h: isJsonObject(cache_creation)
        ? count(cache_creation.ephemeral_1h_input_tokens)
        : undefined,
      searches: isJsonObject(tools) ? count(tools.web_search_requests) : undefined,
    }
  }

  private *start(index: number, block: ClaudeBlock): Generator<Delta> {
    switch (block.type) {
      case 'text':
        this.begin(index, { text: block.text })
        if (block.text !== '') yield { type: 'textDelta', text: block.text }
        break
      case 'thinking': {
        const { thinking: text, signature } = block
        const reasoningText = { text, ...(signature && { signature }) }
        this.begin(index, { reasoningContent: { reasoningText } })
        if (text !== '') yield { type: 'reasoningDelta', text }
        break
      }
      case 'redacted_thinking':
        this.begin(index, { reasoningContent: { redactedContent: block.data } })
        break
      case 'tool_use': {
        const toolUse = { toolUseId: block.id, name: block.name, input: {} }
        const whole = argumentText(block.input)
        this.begin(index, { toolUse }, whole === '{}' ? [] : [whole])
        yield { type: 'toolUseStart', name: block.name }
        break
      }
      default:
        this.add(index, { block: undefined, raw: block as unknown as JsonObject, json: [] })
    }
  }

  /** Begins a block. A server may use the index of an earlier block again. */
  private begin(index: number, block: ContentBlock, json: string[] = []): void {
    this.add(index, { block, json })
  }

  private add(index: number, open: Open): void {
    this.blocks.push(open)
    this.open.set(index, open)
  }

  private *grow(
    index: number,
    delta: Extract<RawMessageStreamEvent, { type: 'content_block_delta' }>['delta'],
  ): Generator<Delta> {
    const open = this.open.get(index)
    if (!open) return
    const { block } = open
    if (!block) {
      if (delta.type === 'input_json_delta') open.json.push(argumentText(delta.partial_json))
    } else if (delta.type === 'text_delta' && 'text' in block) {
      block.text += delta.text
      yield { type: 'textDelta', text: delta.text }
    } else if (delta.type === 'input_json_delta') open.json.push(argumentText(delta.partial_json))
    else if ('reasoningContent' in block && block.reasoningContent.reasoningText) {
      const { reasoningText } = block.reasoningContent
      if (delta.type === 'signature_delta')
        reasoningText.signature = (reasoningText.signature ?? '') + delta.signature
      else if (delta.type === 'thinking_delta') {
        reasoningText.text += delta.thinking
        yield { type: 'reasoningDelta', text: delta.thinking }
      }
    }
  }

  /**
   * Adds token counts. Later events repeat and correct earlier counts. Counts that are missing or
   * null keep their earlier value.
   */
  private addUsage(usage: object): void {
    for (const [key, value] of Object.entries(usage))
      if (value !== null && value !== undefined) this.usage[key] = value
  }
}

/** Returns a block as the provider wants it back. */
function said({ block, raw, json }: Open): JsonObject[] {
  if (raw) return [json.length > 0 ? { ...raw, input: parseJsonObject(json.join('')) ?? {} } : raw]
  if (!block) return []
  if ('text' in block) return block.text === '' ? [] : [{ type: 'text', text: block.text }]
  if (!('reasoningContent' in block)) return []
  const { reasoningText, redactedContent } = block.reasoningContent
  if (redactedContent !== undefined) return [{ type: 'redacted_thinking', data: redactedContent }]
  const { text = '', signature = '' } = reasoningText ?? {}
  return [{ type: 'thinking', thinking: text, signature }]
}

function sumOf(one: MessagesUsage, other: MessagesUsage): MessagesUsage {
  const sum = (a: number | undefined, b: number | undefined) =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    read: sum(one.read, other.read),
    written: sum(one.written, other.written),
    written1h: sum(one.written1h, other.written1h),
    searches: sum(one.searches, other.searches),
  }
}

function closed({ block, json }: Open, calls: AnsweredCalls): ContentBlock[] {
  if (!block) return []
  if (!('toolUse' in block)) return 'text' in block && block.text === '' ? [] : [block]
  const { toolUseId: id, name } = block.toolUse
  return calls.blocks({ id, name, pieces: json })
}
