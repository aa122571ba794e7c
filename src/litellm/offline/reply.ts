import type { JsonObject } from '../../util/json.js'

import type { ChatAnswer } from './chat.js'
import { type PromptTokens, tokensOf } from './prompt-cache.js'

let replies = 0

/** Formats an answer in OpenAI's format, as one response or as the chunks of a stream. */
export class Reply {
  private readonly number = ++replies
  private readonly created = Math.floor(Date.now() / 1000)

  constructor(
    private readonly answer: ChatAnswer,
    private readonly prompt: PromptTokens,
  ) {}

  completion(): JsonObject {
    const { text, call } = this.answer
    const message = {
      role: 'assistant',
      content: text,
      ...(call && { tool_calls: [this.toolCall(this.callArguments)] }),
    }
    const choice = { index: 0, message, finish_reason: this.finishReason }
    return { ...this.head('chat.completion'), choices: [choice], usage: this.usage() }
  }

  /** Yields the text word by word, then the tool call, and then the usage if it was requested. */
  *chunks(includeUsage: boolean): Generator<JsonObject> {
    const { text, call } = this.answer
    yield this.delta({ role: 'assistant', content: '' })
    for (const content of text.match(/\S+\s*|^\s+/g) ?? []) yield this.delta({ content })
    if (call) {
      yield this.delta({ tool_calls: [{ index: 0, ...this.toolCall('') }] })
      for (const piece of this.callArguments.match(/[\s\S]{1,40}/g) ?? [])
        yield this.delta({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
    }
    yield this.delta({}, this.finishReason)
    if (includeUsage)
      yield { ...this.head('chat.completion.chunk'), choices: [], usage: this.usage() }
  }

  private delta(delta: JsonObject, finishReason: string | null = null): JsonObject {
    const choice = { index: 0, delta, finish_reason: finishReason }
    return { ...this.head('chat.completion.chunk'), choices: [choice] }
  }

  private head(object: string): JsonObject {
    return { id: `chatcmpl-offline-${this.number}`, object, created: this.created, model: 'demo' }
  }

  private toolCall(text: string): JsonObject {
    const name = this.answer.call?.name
    const id = `call_offline_${this.number}`
    return { id, type: 'function', function: { name, arguments: text } }
  }

  private get callArguments(): string {
    return JSON.stringify(this.answer.call?.input)
  }

  private get finishReason(): string {
    return this.answer.call ? 'tool_calls' : 'stop'
  }

  private usage(): JsonObject {
    const { total, read, written } = this.prompt
    const { text, call } = this.answer
    const output = tokensOf(text.length + (call ? this.callArguments.length : 0))
    return {
      prompt_tokens: total,
      completion_tokens: output,
      total_tokens: total + output,
      prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
      cost: 0,
    }
  }
}
