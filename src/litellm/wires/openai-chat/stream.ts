import type { ContentBlock } from '../../../agent/messages/content.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { Delta } from '../deltas.js'
import { type EndOfAnswer, endOfAnswer } from '../stop-reasons.js'
import { answeredImage } from './media.js'
import { ReasoningDetails } from './reasoning-details.js'
import { ToolCalls } from './tool-calls.js'
import { chatUsage } from './usage.js'

export interface ChatAnswer {
  content: ContentBlock[]
  stopReason: EndOfAnswer
  /** The provider's finish reason; `null` if the provider did not report one. */
  rawStopReason: string | null
  /** The `usage` member as received. */
  usage: unknown
  model: string | null
  /** The tier that served the call, in the provider's own word. */
  serviceTier: string | null
}

/**
 * Builds an OpenAI-format answer from the chunks of a stream or from one message. Blocks keep the
 * order in which they arrived. Tool calls are last.
 */
export class ChatAnswerBuilder {
  private readonly blocks: ContentBlock[] = []
  private readonly calls = new ToolCalls()
  private readonly details = new ReasoningDetails()
  private finishReason: string | null = null
  private stopSequence = false
  private refused = false
  private usage: unknown
  private model: string | null = null
  private serviceTier: string | null = null;

  /**
   * Adds a chunk of a stream. LiteLLM's last chunk has usage and a choice. OpenAI's last chunk has
   * usage and no choice.
   */
  *push(chunk: JsonObject): Generator<Delta> {
    // With `n` there are several choices, and only the first is this answer.
    const choice = choices(chunk).find(({ index }) => (index ?? 0) === 0)
    this.report(chunk, choice)
    if (!choice) return
    if (isJsonObject(choice.delta)) yield* this.take(choice.delta)
    this.finish(choice)
  }

  /** Adds a complete response. */
  *complete(completion: JsonObject): Generator<Delta> {
    const [choice] = choices(completion)
    this.report(completion, choice)
    if (!choice) return
    if (isJsonObject(choice.message)) yield* this.take(choice.message)
    this.finish({ ...choice, finish_reason: choice.finish_reason || 'stop' })
  }

  get text(): string {
    return this.blocks.map((block) => ('text' in block ? block.text : '')).join('')
  }

  /** Whether the provider said that the stream is over. */
  hasEnded = false
  private emptyReason = false

  /** Ends the stream. A server without a word for its reason is believed only here. */
  end(): void {
    this.hasEnded = true
    if (this.emptyReason) this.finishReason ??= 'stop'
  }

  get isFinished(): boolean {
    return this.finishReason !== null
  }

  /** Whether the model has finished and its usage is known. */
  get isComplete(): boolean {
    return this.finishReason !== null && this.usage !== undefined
  }

  answer(): ChatAnswer {
    const calls = this.calls.finish()
    return {
      content: [...this.withDetails(), ...calls],
      stopReason: this.stopReason(calls.length > 0),
      rawStopReason: this.finishReason,
      usage: this.usage,
      model: this.model,
      serviceTier: this.serviceTier,
    }
  }

  /**
   * Keeps the last usage, model and tier that were reported. Moonshot reports usage in the choice,
   * and Groq in a field of its own. A last chunk whose counts are all 0 reports nothing.
   */
  private report(body: JsonObject, choice: JsonObject | undefined): void {
    const { usage, x_groq: groq, model, service_tier: tier } = body
    const told = [usage, choice?.usage, isJsonObject(groq) && groq.usage].find(isJsonObject)
    if (told && (this.usage === undefined || chatUsage(told))) this.usage = told
    if (typeof model === 'string' && model !== '') this.model = model
    if (typeof tier === 'string' && tier !== '') this.serviceTier = tier
  }

  private *take(delta: JsonObject): Generator<Delta> {
    yield* this.takeReasoning(delta)
    const { content, refusal } = delta
    if (typeof content === 'string' && content !== '') yield this.addText(content)
    else if (Array.isArray(content))
      for (const part of content.filter(isJsonObject))
        if (typeof part.text === 'string' && part.text !== '') yield this.addText(part.text)
        else if (part.type === 'thinking') yield* this.takeThinkingPart(part.thinking)
        else this.addImage(part)
    if (typeof refusal === 'string' && refusal !== '') {
      this.refused = true
      yield this.addText(refusal)
    }
    if (Array.isArray(delta.images))
      for (const image of delta.images.filter(isJsonObject)) this.addImage(image)
    if (!Array.isArray(delta.tool_calls)) return
    for (const call of delta.tool_calls) {
      if (!isJsonObject(call)) continue
      const begun = this.calls.push(call)
      if (begun) yield { type: 'toolUseStart', name: begun }
    }
  }

  private *takeReasoning(delta: JsonObject): Generator<Delta> {
    const { provider_specific_fields: fields } = delta
    const own = isJsonObject(fields) ? fields : {}
    const told = delta.reasoning_content ?? delta.reasoning
    const text = typeof told === 'string' ? told : undefined
    if (text) yield this.addReasoning(text)
    const detailed = this.details.push(delta.reasoning_details ?? own.reasoning_details)
    if (!text && detailed) yield this.addReasoning(detailed)
    if (!Array.isArray(delta.thinking_blocks)) return
    for (const block of delta.thinking_blocks) {
      if (!isJsonObject(block)) continue
      if (block.type === 'redacted_thinking' && typeof block.data === 'string') {
        this.blocks.push({ reasoningContent: { redactedContent: block.data } })
        continue
      }
      const thinking = typeof block.thinking === 'string' ? block.thinking : ''
      if (typeof block.signature === 'string' && block.signature !== '')
        this.signReasoning(thinking, block.signature)
      // LiteLLM sends each piece twice, as text and as a block. Other servers may send only the
      // block.
      else if (text === undefined && thinking !== '') yield this.addReasoning(thinking)
    }
  }

  /** Mistral returns reasoning as a part of the content. */
  private *takeThinkingPart(thinking: JsonValue | undefined): Generator<Delta> {
    if (typeof thinking === 'string' && thinking !== '') yield this.addReasoning(thinking)
    for (const part of Array.isArray(thinking) ? thinking.filter(isJsonObject) : [])
      if (typeof part.text === 'string' && part.text !== '') yield this.addReasoning(part.text)
  }

  /** Adds the details to the first block of reasoning, or as a block of their own. */
  private withDetails(): ContentBlock[] {
    if (this.details.all.length === 0) return this.blocks
    const details = [...this.details.all]
    const at = this.blocks.findIndex((block) => 'reasoningContent' in block)
    const block = this.blocks[at]
    const reasoning = block && 'reasoningContent' in block ? block.reasoningContent : {}
    const detailed = { reasoningContent: { ...reasoning, details } }
    return at === -1 ? [detailed, ...this.blocks] : this.blocks.with(at, detailed)
  }

  private addText(text: string): Delta {
    const last = this.blocks.at(-1)
    if (last && 'text' in last) last.text += text
    else this.blocks.push({ text })
    return { type: 'textDelta', text }
  }

  private addImage(part: JsonObject): void {
    const image = answeredImage(part)
    if (image) this.blocks.push(image)
  }

  private addReasoning(text: string): Delta {
    const last = this.openReasoning()
    if (last) last.text += text
    else this.blocks.push({ reasoningContent: { reasoningText: { text } } })
    return { type: 'reasoningDelta', text }
  }

  /**
   * Adds a signature to the open reasoning block, or adds a signed block if none is open. A signed
   * block repeats the whole text of the open block or omits it.
   */
  private signReasoning(thinking: string, signature: string): void {
    const open = this.openReasoning()
    if (!open) {
      this.blocks.push({ reasoningContent: { reasoningText: { text: thinking, signature } } })
      return
    }
    if (thinking !== '') open.text = thinking
    open.signature = signature
  }

  private openReasoning(): { text: string; signature?: string } | undefined {
    const last = this.blocks.at(-1)
    const open =
      last && 'reasoningContent' in last ? last.reasoningContent.reasoningText : undefined
    return open?.signature === undefined ? open : undefined
  }

  private finish(choice: JsonObject): void {
    const { finish_reason: reason, native_finish_reason: native } = choice
    // Some servers send an empty reason with every chunk.
    if (reason === '') this.emptyReason = true
    else if (typeof reason === 'string') this.finishReason = reason
    // A router may report its provider's failure as a normal end.
    if (typeof native === 'string' && native.toLowerCase() === 'network_error')
      this.finishReason = native
    // vLLM reports the stop string that ended the answer.
    if (typeof choice.stop_reason === 'string') this.stopSequence = true
  }

  private stopReason(called: boolean): EndOfAnswer {
    const end = endOfAnswer(this.finishReason ?? '', called)
    if (end !== 'endTurn') return end
    if (this.refused) return 'contentFiltered'
    return this.stopSequence ? 'stopSequence' : 'endTurn'
  }
}

function choices(body: JsonObject): JsonObject[] {
  return Array.isArray(body.choices) ? body.choices.filter(isJsonObject) : []
}
