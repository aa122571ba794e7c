import type { Message } from '../messages/content.js'
import { hasToolResult, hasToolUse } from '../messages/history.js'
import {
  type ConversationManager,
  checkCount,
  type ReduceContext,
  type Reduced,
} from './manager.js'
import { sizeOf } from './size.js'
import { withoutLargeResults } from './tool-results.js'

export interface SlidingWindowOptions {
  /** How many messages are kept after a run. Default: 40. */
  windowSize?: number | undefined
}

/**
 * Drops the oldest messages. If a conversation still overflows, large tool results are truncated
 * first, oldest first.
 */
export class SlidingWindowConversationManager implements ConversationManager {
  private readonly windowSize: number

  constructor({ windowSize = 40 }: SlidingWindowOptions = {}) {
    checkCount('windowSize', windowSize)
    this.windowSize = windowSize
  }

  apply(messages: readonly Message[]): Message[] | undefined {
    const excess = messages.length - this.windowSize
    if (excess <= 0) return undefined
    const start = cutPoints(messages).find((index) => index >= excess)
    return start === undefined ? undefined : messages.slice(start)
  }

  reduce(
    messages: readonly Message[],
    { removeChars = 0 }: Partial<ReduceContext> = {},
  ): Reduced | undefined {
    const wanted = Math.max(removeChars, 1)
    const truncated = withoutLargeResults(messages, wanted)
    const { results, removed } = truncated
    const dropped =
      removed < wanted ? withoutOldest(truncated.messages, wanted - removed) : undefined
    const done = [
      ...(results > 0
        ? [`${results} large tool result${results > 1 ? 's were' : ' was'} truncated`]
        : []),
      ...(dropped ? [`the ${dropped.count} oldest messages were dropped`] : []),
    ]
    if (done.length === 0) return undefined
    const detail = `The conversation was shortened to fit the context window: ${done.join(' and ')}.`
    return { messages: dropped?.messages ?? truncated.messages, detail }
  }
}

/** Shortens only on overflow, so that cached prefixes stay valid. */
export const overflowOnlyManager = new SlidingWindowConversationManager({
  windowSize: Number.MAX_SAFE_INTEGER,
})

/** Drops the oldest messages, at least `removeChars` if possible, else as many as possible. */
function withoutOldest(
  messages: readonly Message[],
  removeChars: number,
): { messages: Message[]; count: number } | undefined {
  const points = cutPoints(messages)
  let removed = 0
  let start: number | undefined
  for (const [index, message] of messages.entries()) {
    if (points.includes(index)) start = index
    if (start === index && removed >= removeChars) break
    removed += sizeOf(message)
  }
  if (start === undefined) return undefined
  // A cut inside a tool loop keeps the request that the loop works on.
  const task = messages.findLastIndex((message, at) => at < start && isRequest(message))
  const inLoop = !isRequest(messages[start] as Message)
  const kept = inLoop && task >= 0 ? [messages[task] as Message] : []
  const count = start - kept.length
  return count > 0 ? { messages: [...kept, ...messages.slice(start)], count } : undefined
}

/**
 * Returns the indexes, after 0, where a conversation can start without separating a tool use from
 * its result: at a user's request or, after the last request, at a tool use whose result follows.
 */
function cutPoints(messages: readonly Message[]): number[] {
  const lastRequest = messages.findLastIndex(isRequest)
  return [...messages.keys()].slice(1).filter((index) => {
    if (isRequest(messages[index] as Message)) return true
    const inLastLoop = index > lastRequest
    return inLastLoop && hasToolUse(messages[index]) && hasToolResult(messages[index + 1])
  })
}

function isRequest(message: Message): boolean {
  return message.role === 'user' && !hasToolResult(message)
}
