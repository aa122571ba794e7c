import type { CachePointBlock, ContentBlock, Message } from '../../agent/messages/content.js'
import type { ModelRequest } from '../../agent/model.js'
import { maxCachePoints } from './cache-points.js'

/** An automatic point has the life of the explicit points after it, which providers require. */
function pointBefore(later: readonly ContentBlock[]): CachePointBlock {
  const isLong = later.some((block) => 'cachePoint' in block && block.cachePoint.ttl === '1h')
  return { cachePoint: { type: 'default', ...(isLong && { ttl: '1h' as const }) } }
}

/** A low estimate, so that a point is tried if its prefix might reach the minimum. */
const charsPerToken = 3

/**
 * Adds cache points where they save cost: after the tools, after the system prompt, and at
 * the end of the last two turns of the user, so that a growing conversation always finds the prefix
 * that the call before it wrote. Existing points are kept and counted. Pure.
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

/** The places of the last user turns, in order. */
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
