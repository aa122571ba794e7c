import { configurationError } from '../errors.js'
import { type ContentBlock, type Message, messageText } from '../messages/content.js'
import { hasToolResult } from '../messages/history.js'
import type { Model } from '../model.js'
import type { ConversationManager, ReduceContext, Reduced } from './manager.js'
import { checkCount } from './manager.js'

import { overflowOnlyManager } from './sliding-window.js'

export interface SummarizingOptions {
  /** How much of the conversation is summed up at a time, from 0.1 to 0.8. Default: 0.3. */
  summaryRatio?: number | undefined
  /** So many of the latest messages stay as they are. Default: 10. */
  preserveRecentMessages?: number | undefined
  /** Writes the summary. Default: the agent's own model. */
  model?: Model | undefined
  /** What the model is told to do, in place of the usual. */
  systemPrompt?: string | undefined
}

const usualPrompt = `You sum up conversations between a user and an assistant with tools, for the assistant to go on from.
Keep what was asked and decided, facts, names, numbers, code and what tools found, and what is still to be done. Leave out pleasantries and dead ends.
Write short points in the third person. Do not answer the conversation and do not add to it.`

/**
 * Puts a summary in the place of the oldest messages, where a conversation overflows. Where there
 * is too little to sum up, or no summary comes, it does as a sliding window does.
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
        'Leave summaryRatio out for 0.3.',
      )
    this.ratio = summaryRatio
    this.preserved = preserveRecentMessages
  }

  async reduce(messages: readonly Message[], context: ReduceContext): Promise<Reduced | undefined> {
    const start = this.splitPoint(messages)
    if (start < 1) return overflowOnlyManager.reduce(messages)
    const summary = await this.summaryOf(messages.slice(0, start), context)
    if (summary === undefined) return overflowOnlyManager.reduce(messages)
    const first: Message = {
      role: 'user',
      content: [{ text: `Summary of the conversation until here:\n${summary}` }],
    }
    return {
      messages: [first, ...messages.slice(start)],
      detail: `The ${start} oldest messages were summed up to fit the context window.`,
    }
  }

  /** How many of the oldest to sum up: a result that would then stand first keeps its use with it. */
  private splitPoint(messages: readonly Message[]): number {
    const most = messages.length - this.preserved
    const wanted = Math.min(most, Math.ceil(messages.length * this.ratio))
    return hasToolResult(messages[wanted]) ? wanted - 1 : wanted
  }

  private async summaryOf(
    messages: readonly Message[],
    { ask }: ReduceContext,
  ): Promise<string | undefined> {
    const { systemPrompt = usualPrompt, model } = this.options
    const text = `Sum up this conversation:\n\n${messages.map(asText).join('\n\n')}`
    try {
      const reply = await ask(
        { system: [{ text: systemPrompt }], messages: [{ role: 'user', content: [{ text }] }] },
        model,
      )
      return messageText(reply.message).trim() || undefined
    } catch {
      // What was spent is counted; a run that has been cancelled or is at a limit ends by itself.
      return undefined
    }
  }
}

/** As text, a conversation needs no tools to be sent along, which its tool calls would else need. */
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
