import type { CachePointBlock, ContentBlock, Message } from '../../agent/messages/content.js'
import type { ModelRequest } from '../../agent/model.js'
import { maxCachePoints } from './cache-points.js'

/**
 * Returns an automatic cache point. It has the lifetime of the explicit points after it, because
 * providers require this order.
 */
function pointBefore(later: readonly ContentBlock[]): CachePointBlock {
  const isLong = later.some((block) => 'cachePoint' in block && block.cachePoint.ttl === '1h')
  return { cachePoint: { type: 'default', ...(isLong && { ttl: '1h' as const }) } }
}

/**
 * A low estimate of the characters per token, so that a point is placed if its prefix might reach
 * the minimum.
 */
const charsPerToken = 3

/**
 * Adds cache points where they reduce cost: after the tools, after the system prompt, and after the
 * last two user turns. Each call in a growing conversation then finds the prefix that the previous
 * call wrote. Existing points are kept and counted toward the limit. Pure.
 */
export function withAutoCachePoints(
  request: ModelRequest,
  minCacheTokens: number | null,
): ModelRequest {
  const minChars = (minCacheTokens ?? 0) * charsPerToken
  let left = maxCachePoints - explicitPoints(request)
  let chars = JSON.stringify(request.tools).length
  const take = (wanted: boolean): boolean => {
    if (!wanted || left <= 0 || chars < minChars) return false
    left--
    return true
  }
  const { system, tools, messages, toolsCachePoint } = request
  const afterTools = take(tools.length > 0 && system.length > 0 && !toolsCachePoint)
  chars += JSON.stringify(system).length
  const afterSystem = take(system.length > 0 && !endsInPoint(system))
  const ends = lastUserTurns(messages, 2).filter((index) => {
    const before = chars + JSON.stringify(messages.slice(0, index + 1)).length
    return before >= minChars && !endsInPoint((messages[index] as Message).content)
  })
  const inMessages = blocksOf(messages)
  const marked = new Set(ends.slice(Math.max(0, ends.length - left)))
  return {
    ...request,
    ...(afterTools && { toolsCachePoint: pointBefore([...system, ...inMessages]).cachePoint }),
    ...(afterSystem && { system: [...system, pointBefore(inMessages)] }),
    messages: messages.map((message, index) =>
      marked.has(index)
        ? {
            ...message,
            content: [...message.content, pointBefore(blocksOf(messages.slice(index + 1)))],
          }
        : message,
    ),
  }
}

function blocksOf(messages: readonly Message[]): ContentBlock[] {
  return messages.flatMap(({ content }) => content)
}

function explicitPoints({ system, messages, toolsCachePoint }: ModelRequest): number {
  const inMessages = messages.flatMap(({ content }) => content).filter(isPoint)
  return system.filter(isPoint).length + inMessages.length + (toolsCachePoint ? 1 : 0)
}

/** Returns the indexes of the last user turns, in order. */
function lastUserTurns(messages: readonly Message[], count: number): number[] {
  const places = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []))
  return places.slice(-count)
}

function endsInPoint(blocks: readonly ContentBlock[]): boolean {
  const last = blocks.at(-1)
  return last !== undefined && isPoint(last)
}

function isPoint(block: ContentBlock): boolean {
  return 'cachePoint' in block
}
