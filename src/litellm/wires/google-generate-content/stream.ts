import type { ContentBlock } from '../../../agent/messages/content.js'
import { mediaBlock } from '../../../agent/messages/media.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { Delta } from '../deltas.js'
import { type EndOfAnswer, endOfAnswer } from '../stop-reasons.js'
import { AnsweredCalls } from '../tool-arguments.js'

export interface GoogleAnswer {
  content: ContentBlock[]
  stopReason: EndOfAnswer
  /** `null`: no response said that the answer is over. */
  rawStopReason: string | null
  usage: JsonObject | undefined
  model: string | null
  /** The number of Google searches, which have a price of their own. */
  searches: number
}

/**
 * Assembles an answer from the responses of a stream, or from the one response without a stream.
 * Only the first candidate counts.
 */
export class GoogleAnswerBuilder {
  private readonly blocks: ContentBlock[] = []
  private readonly calls = new AnsweredCalls()
  private finish: string | undefined
  private usage: JsonObject | undefined
  private model: string | null = null
  private searches = 0

  get text(): string {
    return this.blocks.map((block) => ('text' in block ? block.text : '')).join('')
  }

  *push(response: JsonObject): Generator<Delta> {
    const { candidates, usageMetadata, modelVersion, promptFeedback } = response
    if (isJsonObject(usageMetadata)) this.usage = { ...this.usage, ...usageMetadata }
    if (typeof modelVersion === 'string') this.model = modelVersion
    if (isJsonObject(promptFeedback) && typeof promptFeedback.blockReason === 'string')
      this.finish ??= promptFeedback.blockReason
    const [candidate] = Array.isArray(candidates) ? candidates : []
    if (!isJsonObject(candidate)) return
    const { content, finishReason, groundingMetadata } = candidate
    if (isJsonObject(content) && Array.isArray(content.parts))
      for (const part of content.parts) if (isJsonObject(part)) yield* this.take(part)
    if (typeof finishReason === 'string' && finishReason !== '') this.finish = finishReason
    if (isJsonObject(groundingMetadata)) {
      const { webSearchQueries } = groundingMetadata
      if (Array.isArray(webSearchQueries)) this.searches = webSearchQueries.length
    }
  }

  /** Google ends a stream by closing it: usage and grounding may follow the finish reason. */
  readonly hasEnded = false

  get isFinished(): boolean {
    return this.finish !== undefined
  }

  get isComplete(): boolean {
    return this.finish !== undefined && this.usage !== undefined
  }

  answer(): GoogleAnswer {
    const hasCalls = this.blocks.some((block) => 'toolUse' in block)
    const blocked = this.finish !== undefined && blockReasons.has(this.finish)
    return {
      content: this.blocks,
      stopReason: blocked ? 'contentFiltered' : endOfAnswer(this.finish ?? '', hasCalls),
      rawStopReason: this.finish ?? null,
      usage: this.usage,
      model: this.model,
      searches: this.searches,
    }
  }

  private *take(part: JsonObject): Generator<Delta> {
    const { text, thought, functionCall, function_call = functionCall } = part
    if (isJsonObject(function_call)) yield* this.takeCall(function_call, signatureOf(part))
    else if (typeof text === 'string' && text !== '')
      yield thought === true ? this.takeThought(text) : this.takeText(text)
    else this.takeMedia(part.inlineData ?? part.inline_data)
  }

  private takeText(text: string): Delta {
    const last = this.blocks.at(-1)
    if (last && 'text' in last) last.text += text
    else this.blocks.push({ text })
    return { type: 'textDelta', text }
  }

  private takeThought(text: string): Delta {
    const last = this.blocks.at(-1)
    const open =
      last && 'reasoningContent' in last ? last.reasoningContent.reasoningText : undefined
    if (open) open.text += text
    else this.blocks.push({ reasoningContent: { reasoningText: { text } } })
    return { type: 'reasoningDelta', text }
  }

  private *takeCall({ id, name, args }: JsonObject, signature?: string): Generator<Delta> {
    const called = typeof name === 'string' ? name : ''
    const blocks = this.calls.blocks({
      id: typeof id === 'string' ? id : undefined,
      name: called,
      pieces: [JSON.stringify(args ?? {})],
      signature,
    })
    if (blocks.length === 0) return
    this.blocks.push(...blocks)
    yield { type: 'toolUseStart', name: called }
  }

  private takeMedia(media: JsonValue | undefined): void {
    if (!isJsonObject(media)) return
    const { mimeType = media.mime_type, data } = media
    if (typeof mimeType !== 'string' || typeof data !== 'string') return
    const block = mediaBlock(mimeType, { bytes: data }, 'image')
    if (block && 'image' in block) this.blocks.push(block)
  }
}

/** The reasons for which Google refuses a prompt before it answers. */
const blockReasons = new Set([
  'SAFETY',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'IMAGE_SAFETY',
  'MODEL_ARMOR',
  'JAILBREAK',
])

function signatureOf({ thoughtSignature, thought_signature }: JsonObject): string | undefined {
  const signature = thoughtSignature ?? thought_signature
  return typeof signature === 'string' ? signature : undefined
}
