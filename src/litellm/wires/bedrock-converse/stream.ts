import type {
  ContentBlockDelta,
  ContentBlock as ConverseBlock,
  ConverseResponse,
  ConverseStreamOutput,
  TokenUsage,
} from '@aws-sdk/client-bedrock-runtime'
import type { ContentBlock, ImageBlock } from '../../../agent/messages/content.js'
import { isJsonObject } from '../../../util/json.js'
import type { Delta } from '../deltas.js'
import { type EndOfAnswer, endOfAnswer } from '../stop-reasons.js'
import { AnsweredCalls, type ReceivedCall } from '../tool-arguments.js'

export interface ConverseAnswer {
  content: ContentBlock[]
  stopReason: EndOfAnswer
  /** The stop reason; `null` if the model did not report one. */
  rawStopReason: string | null
  usage: TokenUsage | undefined
  /** The additional response fields of the model family that were requested. */
  additional: unknown
  /** The model that a prompt router selected. */
  model: string | null
}

type Answer = Pick<ConverseResponse, 'usage' | 'trace'>

/** Holds a block of the answer that is not complete. */
interface OpenBlock {
  text: string
  reasoning?: string
  signature?: string
  redacted?: Buffer
  tool?: ReceivedCall & { pieces: string[] }
  image?: { format: ImageBlock['image']['format']; pieces: Uint8Array[] }
}

/** Builds a Converse answer from the events of a stream or from one message. */
export class ConverseAnswerBuilder {
  private readonly blocks = new Map<number, OpenBlock>()
  private rawStopReason: string | null = null
  private usage: TokenUsage | undefined
  private additional: unknown
  private model: string | null = null;

  *push(event: ConverseStreamOutput): Generator<Delta> {
    const { contentBlockStart: start, contentBlockDelta: delta, messageStop, metadata } = event
    if (start?.start?.toolUse) {
      const { toolUseId = '', name = '' } = start.start.toolUse
      this.block(start.contentBlockIndex).tool = { id: toolUseId, name, pieces: [] }
      yield { type: 'toolUseStart', name }
    }
    if (start?.start?.image) {
      const { format = 'png' } = start.start.image
      this.block(start.contentBlockIndex).image = { format, pieces: [] }
    }
    if (delta?.delta) yield* this.take(this.block(delta.contentBlockIndex), delta.delta)
    if (messageStop) this.stop(messageStop.stopReason, messageStop.additionalModelResponseFields)
    if (metadata) this.report(metadata)
  }

  /** Adds a complete response. */
  *complete(response: ConverseResponse): Generator<Delta> {
    for (const [index, block] of (response.output?.message?.content ?? []).entries())
      yield* this.takeWhole(this.block(index), block)
    this.stop(response.stopReason, response.additionalModelResponseFields)
    this.report(response)
  }

  get text(): string {
    return [...this.blocks.values()].map(({ text }) => text).join('')
  }

  /** Whether the model has finished and its usage is known. */
  get isComplete(): boolean {
    return this.rawStopReason !== null && this.usage !== undefined
  }

  answer(): ConverseAnswer {
    const inOrder = [...this.blocks].sort(([one], [other]) => one - other)
    const calls = new AnsweredCalls()
    const content = inOrder.flatMap(([, block]) => contentBlocks(block, calls))
    const called = content.some((block) => 'toolUse' in block)
    const { rawStopReason, usage, additional, model } = this
    const stopReason = endOfAnswer(rawStopReason ?? 'end_turn', called)
    return { content, stopReason, rawStopReason, usage, additional, model }
  }

  private block(index = 0): OpenBlock {
    const open = this.blocks.get(index) ?? { text: '' }
    this.blocks.set(index, open)
    return open
  }

  private *take(block: OpenBlock, delta: ContentBlockDelta): Generator<Delta> {
    const { text, toolUse, reasoningContent: thought, image } = delta
    if (text) yield addText(block, text)
    if (image?.source?.bytes) block.image?.pieces.push(image.source.bytes)
    if (toolUse?.input && block.tool) block.tool.pieces.push(toolUse.input)
    if (thought?.text) yield addReasoning(block, thought.text)
    if (thought?.signature) block.signature = (block.signature ?? '') + thought.signature
    if (thought?.redactedContent)
      block.redacted = Buffer.concat([block.redacted ?? Buffer.of(), thought.redactedContent])
  }

  private *takeWhole(block: OpenBlock, whole: ConverseBlock): Generator<Delta> {
    const { text, toolUse, image, reasoningContent: thought, citationsContent: cited } = whole
    if (text) yield addText(block, text)
    for (const part of cited?.content ?? []) if (part.text) yield addText(block, part.text)
    if (thought?.reasoningText?.text) yield addReasoning(block, thought.reasoningText.text)
    if (thought?.reasoningText?.signature) block.signature = thought.reasoningText.signature
    if (thought?.redactedContent) block.redacted = Buffer.from(thought.redactedContent)
    if (image?.source?.bytes)
      block.image = { format: image.format ?? 'png', pieces: [image.source.bytes] }
    if (!toolUse) return
    const { toolUseId = '', name = '', input = {} } = toolUse
    block.tool = { id: toolUseId, name, pieces: [plainJson(input)] }
    yield { type: 'toolUseStart', name }
  }

  private stop(reason: string | undefined, additional: unknown): void {
    this.rawStopReason = reason ?? null
    this.additional = additional
  }

  private report({ usage, trace }: Answer): void {
    this.usage = usage
    this.model = trace?.promptRouter?.invokedModelId ?? null
  }
}

/**
 * Returns JSON text with plain numbers. The package uses its own types for numbers that a double
 * cannot represent exactly, if Node supports it.
 */
function plainJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return Number(item)
    return isJsonObject(item) && item.type === 'bigDecimal' ? Number(item.string) : item
  })
}

function addText(block: OpenBlock, text: string): Delta {
  block.text += text
  return { type: 'textDelta', text }
}

function addReasoning(block: OpenBlock, text: string): Delta {
  block.reasoning = (block.reasoning ?? '') + text
  return { type: 'reasoningDelta', text }
}

function contentBlocks(open: OpenBlock, calls: AnsweredCalls): ContentBlock[] {
  const { text, reasoning, signature, redacted, tool, image } = open
  if (tool) return calls.blocks(tool)
  if (image) {
    const bytes = Buffer.concat(image.pieces).toString('base64')
    return [{ image: { format: image.format, source: { bytes } } }]
  }
  if (redacted) return [{ reasoningContent: { redactedContent: redacted.toString('base64') } }]
  if (reasoning !== undefined || signature !== undefined)
    return [
      {
        reasoningContent: {
          reasoningText: { text: reasoning ?? '', ...(signature && { signature }) },
        },
      },
    ]
  return text === '' ? [] : [{ text }]
}
