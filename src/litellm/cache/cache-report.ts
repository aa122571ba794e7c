import type { CachePointReport, CacheReport } from '../../agent/metrics/cache-report.js'
import type { Usage } from '../../agent/metrics/usage.js'
import type { CacheMemory } from '../../agent/model.js'
import type { CachePoints } from './cache-points.js'

export interface CacheFacts {
  points: CachePoints
  /**
   * The parts of the request in the order in which a provider caches them: tools, system, messages.
   */
  parts: readonly object[]
  usage: Usage | null
  savedUsd: number | null
  minCacheTokens: number | null
  /** The hash of the prefix of each point when it was last sent. `cacheReport` updates it. */
  memory: CacheMemory | undefined
}

interface Prefix {
  at: string
  chars: number
  hash: string
}

/** Returns the effect of each cache point of a call, derived from the reported usage. */
export function cacheReport(facts: CacheFacts): CacheReport {
  const { points, usage, savedUsd } = facts
  const read = usage?.cacheReadInputTokens ?? 0
  const written = usage?.cacheWriteInputTokens ?? 0
  const sent = points.sent.length > 0 ? sentReports(facts, read, written) : []
  const refused = points.refused.map((point) => withAutomatic(point, read))
  return { written, read, savedUsd, points: [...sent, ...refused] }
}

function sentReports(facts: CacheFacts, read: number, written: number): CachePointReport[] {
  const { points, parts, usage, memory } = facts
  const { prefixes, allChars } = prefixesOf(points, parts)
  const longest = prefixes.at(-1)?.chars ?? 0
  const cached = read + written
  const lastTime = new Map(memory)
  memory?.clear()
  return prefixes.map((prefix) => {
    const before = lastTime.get(prefix.at)
    memory?.set(prefix.at, prefix.hash)
    const isChanged = before !== undefined && before !== prefix.hash
    const marked = ((usage?.inputTokens ?? 0) * prefix.chars) / allChars
    // If no writes were reported, only the amount read shows whether the prefix of the point was
    // cached.
    if (written === 0)
      return read > 0 && read >= marked * mostOf
        ? { at: prefix.at, effect: 'read' }
        : unused(prefix, facts, marked, isChanged)
    // The cached tokens end at the last point, so the points divide them in proportion to their
    // text.
    const tokens = (cached * prefix.chars) / longest
    if (tokens <= read * 1.02 + 1) return { at: prefix.at, effect: 'read' }
    return isChanged ? changed(prefix) : wasWritten(prefix)
  })
}

/** The share of a point's prefix that must be read for the point to count as read. */
const mostOf = 0.5

/** Adds a detail if a provider without cache points cached automatically. */
function withAutomatic(point: CachePointReport, read: number): CachePointReport {
  if (point.reason !== 'unsupported' || read === 0) return point
  const detail = `This provider takes no cache points but caches automatically: ${read} tokens were read.`
  return { ...point, detail }
}

function wasWritten({ at }: Prefix): CachePointReport {
  return { at, effect: 'written' }
}

function changed({ at }: Prefix): CachePointReport {
  return {
    at,
    effect: 'written',
    reason: 'prefixChanged',
    detail:
      'What precedes this cache point differs from the last call, so the cache was written again. Move what changes (dates, names, ids) behind it.',
  }
}

function unused(
  { at }: Prefix,
  { usage, minCacheTokens }: CacheFacts,
  marked: number,
  isChanged: boolean,
): CachePointReport {
  if (usage === null)
    return {
      at,
      effect: 'none',
      detail: 'The provider reported no usage, so what the cache did is unknown.',
    }
  const tokens = Math.round(marked)
  if (minCacheTokens !== null && tokens < minCacheTokens)
    return {
      at,
      effect: 'none',
      reason: 'belowMinimum',
      detail: `About ${tokens} tokens precede this cache point; this model caches from ${minCacheTokens} tokens on. Put more of the constant text before it, or remove it.`,
    }
  if (usage.cacheReadInputTokens === undefined && usage.cacheWriteInputTokens === undefined)
    return {
      at,
      effect: 'none',
      reason: 'unsupported',
      detail: 'The provider reports nothing about a cache. It may not support cache points.',
    }
  if (isChanged)
    return {
      at,
      effect: 'none',
      reason: 'prefixChanged',
      detail:
        'What precedes this cache point differs from the last call, so it could not be read. Move what changes (dates, names, ids) behind it.',
    }
  return {
    at,
    effect: 'none',
    ...(usage.cacheWriteInputTokens === undefined && { reason: 'notReported' as const }),
    detail: `Only ${usage.cacheReadInputTokens ?? 0} of about ${tokens} tokens were read, and no write was reported. If the provider caches automatically, a later call with the same prefix can read them.`,
  }
}

function prefixesOf({ sent }: CachePoints, parts: readonly object[]) {
  const byTarget = new Map(sent.map(({ at, target }) => [target, at]))
  // The module is loaded only here, because importing it takes longer than a whole call.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  const prefixes: Prefix[] = []
  let chars = 0
  for (const part of parts) {
    // The `cache_control` mark is not part of the cached content.
    const text = JSON.stringify({ ...part, cache_control: undefined })
    hash.update(text)
    chars += text.length
    const at = byTarget.get(part)
    if (at !== undefined) prefixes.push({ at, chars, hash: hash.copy().digest('base64') })
  }
  return { prefixes, allChars: Math.max(chars, 1) }
}
