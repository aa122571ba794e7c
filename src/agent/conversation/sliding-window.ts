import type { Message } from '../messages/content.js'
import { hasToolResult, hasToolUse } from '../messages/history.js'
import type { ConversationManager, Reduced } from './manager.js'
import { checkCount } from './manager.js'

import { withoutLargeResult } from './tool-results.js'

export interface SlidingWindowOptions {
  /** How many messages are kept after a run. Default: 40. */
  windowSize?: number | undefined
}

/**
 * Drops the oldest messages. If a conversation still overflows, the oldest large tool result is
 * truncated first.
 */
export class SlidingWindowConversationManager implements ConversationManager {
  private readonly windowSize: number

  constructor({ windowSize = 40 }: SlidingWindowOptions = {}) {
    checkCount('windowSize', windowSize)
    this.windowSize = windowSize
  }

  apply(messages: readonly Message[]): Message[] | undefined {
    const excess = messages.length - this.windowSize
    const start = excess > 0 ? cutPoint(messages, excess) : undefined
    return start === undefined ? undefined : messages.slice(start)
  }

  reduce(messages: readonly Message[]): Reduced | undefined {
    const cut = withoutLargeResult(messages)
    if (cut)
      return {
        messages: cut,
        detail: 'The oldest large tool result was truncated to fit the context window.',
      }
    const start = cutPoint(messages, Math.max(2, messages.length - this.windowSize))
    if (start === undefined) return undefined
    const detail = `The ${start} oldest messages were dropped to fit the context window.`
    return { messages: messages.slice(start), detail }
  }
}

/** Shortens only on overflow, so that cached prefixes stay valid. */
export const overflowOnlyManager = new SlidingWindowConversationManager({
  windowSize: Number.MAX_SAFE_INTEGER,
})

/**
 * Returns the first index at or after `from` where a conversation can start without separating a tool
 * use from its result. Returns `undefined` if there is none.
 */
function cutPoint(messages: readonly Message[], from: number): number | undefined {
  for (let index = from; index < messages.length; index++) {
    const message = messages[index] as Message
    if (message.role === 'user' && !hasToolResult(message)) return index
  }
  // One long tool loop can only start at a tool use whose result follows.
  for (let index = from; index < messages.length - 1; index++) {
    if (hasToolUse(messages[index]) && hasToolResult(messages[index + 1])) return index
  }
  return undefined
}
