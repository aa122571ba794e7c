import { configurationError } from '../errors.js'
import { type ContentBlock, type Message, messageText } from '../messages/content.js'
import { hasToolResult } from '../messages/history.js'
import type { Model } from '../model.js'
import type { ConversationManager, ReduceContext, Reduced } from './manager.js'
import { checkCount } from './manager.js'

import { sizeOf } from './size.js'
import { overflowOnlyManager } from './sliding-window.js'
import { withoutLargeResults } from './tool-results.js'

export interface SummarizingOptions {
  /** The share of the messages to summarize at a time, from 0.1 to 0.8. Default: 0.3. */
  summaryRatio?: number | undefined
  /** How many of the latest messages are never summarized. Default: 10. */
  preserveRecentMessages?: number | undefined
  /** Writes the summary. Default: the agent's own model. */
  model?: Model | undefined
  /** The system prompt of the summary call. Default: a built-in one. */
  systemPrompt?: string | undefined
}

const defaultPrompt = `You summarize conversations between a user and an assistant with tools, for the assistant to continue from.
Keep what was asked and decided, facts, names, numbers, code and what tools found, and what is still to be done. Leave out pleasantries and dead ends.
Write short points in the third person. Do not answer the conversation and do not add to it.`

/**
 * Replaces the oldest messages with a summary if a conversation overflows. If there is too little to
 * summarize, or the summary fails, it drops messages like a sliding window.
 */
export class SummarizingConversationManager implements ConversationManager {
  private readonly ratio: number
  private readonly preserved: number

  constructor(private readonly options: SummarizingOptions = {}) {
    const { summaryRatio = 0.3, preserveRecentMessages = 10 } = options
    checkCount('preserveRecentMessages', preserveRecentMessages)
    if (!(summaryRatio >= 0.1 && summaryRatio <= 0.8))
      throw configurationError(
        `The conversation's summaryRatio must be between 0.1 and 0.8, not ${JSON.stringify(summaryRatio)}.`,
        'Set summaryRatio to a number from 0.1 to 0.8, or omit it to use 0.3.',
      )
    this.ratio = summaryRatio
    this.preserved = preserveRecentMessages
  }

  async reduce(messages: readonly Message[], context: ReduceContext): Promise<Reduced | undefined> {
    const start = this.splitPoint(messages, context.removeChars)
    // A summary is paid for, so it is made once before each successful call.
    if (start < 1 || context.attempt > 1) return overflowOnlyManager.reduce(messages, context)
    const oldest = withoutLargeResults(messages.slice(0, start), Infinity).messages
    const summary = await this.summaryOf(oldest, context)
    if (summary === undefined) return overflowOnlyManager.reduce(messages, context)
    const first: Message = {
      role: 'user',
      content: [{ text: `Summary of the conversation so far:\n${summary}` }],
    }
    return {
      messages: [first, ...messages.slice(start)],
      detail: `The ${start} oldest messages were summarized to fit the context window.`,
    }
  }

  /** Returns how many of the oldest messages to summarize, without separating a result from its use. */
  private splitPoint(messages: readonly Message[], removeChars = 0): number {
    let needed = 0
    for (let size = 0; size < removeChars && needed < messages.length; needed++)
      size += sizeOf(messages[needed])
    const most = messages.length - this.preserved
    const wanted = Math.min(most, Math.max(needed, Math.ceil(messages.length * this.ratio)))
    return hasToolResult(messages[wanted]) ? wanted - 1 : wanted
  }

  private async summaryOf(
    messages: readonly Message[],
    { ask }: ReduceContext,
  ): Promise<string | undefined> {
    const { systemPrompt = defaultPrompt, model } = this.options
    const text = `Summarize this conversation:\n\n${messages.map(asText).join('\n\n')}`
    try {
      const reply = await ask(
        { system: [{ text: systemPrompt }], messages: [{ role: 'user', content: [{ text }] }] },
        model,
      )
      return messageText(reply.message).trim() || undefined
    } catch {
      // The call's spending is recorded. If the run is cancelled or at a limit, the loop ends it.
      return undefined
    }
  }
}

/** Converts a message to text, because tool calls could only be sent together with their tools. */
function asText({ role, content }: Message): string {
  return `${role}: ${content.map(blockText).filter(Boolean).join('\n')}`
}

function blockText(block: ContentBlock): string {
  if ('text' in block) return block.text
  if ('toolUse' in block)
    return `(calls ${block.toolUse.name} with ${JSON.stringify(block.toolUse.input)})`
  if ('toolResult' in block) return `(result: ${block.toolResult.content.map(itemText).join('\n')})`
  if ('cachePoint' in block || 'reasoningContent' in block) return ''
  return `(${Object.keys(block).join()})`
}

function itemText(item: ContentBlock | { json: unknown }): string {
  return 'json' in item ? JSON.stringify(item.json) : blockText(item)
}
