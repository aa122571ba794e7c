import type { CachePointReport, CacheReport } from '../../agent/metrics/cache-report.js'
import type { Usage } from '../../agent/metrics/usage.js'
import type { CacheMemory } from '../../agent/model.js'
import type { CachePoints } from './cache-points.js'

export interface CacheFacts {
  points: CachePoints
  /** The parts of the request in the order in which a provider caches them: tools, system, messages. */
  parts: readonly object[]
  usage: Usage | null
  savedUsd: number | null
  minCacheTokens: number | null
  /** What preceded each point when it was last sent. Brought up to date here. */
  memory: CacheMemory | undefined
}

interface Prefix {
  at: string
  chars: number
  hash: string
}

/** What became of each cache point of a call, told from the usage it came back with. */
export function cacheReport(facts: CacheFacts): CacheReport {
  const { points, usage, savedUsd } = facts
  const read = usage?.cacheReadInputTokens ?? 0
  const written = usage?.cacheWriteInputTokens ?? 0
  const sent = points.sent.length > 0 ? sentReports(facts, read, written) : []
  return { written, read, savedUsd, points: [...sent, ...points.refused] }
}

function sentReports(facts: CacheFacts, read: number, written: number): CachePointReport[] {
  const { points, parts, memory } = facts
  const { prefixes, allChars } = prefixesOf(points, parts)
  const longest = prefixes.at(-1)?.chars ?? 0
  const cached = read + written
  const lastTime = new Map(memory)
  memory?.clear()
  return prefixes.map((prefix) => {
    const before = lastTime.get(prefix.at)
    memory?.set(prefix.at, prefix.hash)
    if (cached === 0) return unused(prefix, facts, allChars)
    // What was cached ends at the last point, so the points lie along it as their text does.
    const tokens = (cached * prefix.chars) / longest
    if (tokens <= read * 1.02 + 1) return { at: prefix.at, effect: 'read' }
    return before !== undefined && before !== prefix.hash ? changed(prefix) : wasWritten(prefix)
  })
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
      'What precedes this cache point differs from the last call, so the cache was written anew. Move what changes (dates, names, ids) behind it.',
  }
}

function unused({ at, chars }: Prefix, facts: CacheFacts, allChars: number): CachePointReport {
  const { usage, minCacheTokens } = facts
  if (usage === null)
    return {
      at,
      effect: 'none',
      detail: 'The provider told no usage, so what the cache did is unknown.',
    }
  const tokens = Math.round((usage.inputTokens * chars) / allChars)
  if (minCacheTokens !== null && tokens < minCacheTokens)
    return {
      at,
      effect: 'none',
      reason: 'belowMinimum',
      detail: `About ${tokens} tokens precede this cache point; this model caches from ${minCacheTokens} on. Put more of the constant text before it, or remove it.`,
    }
  if (usage.cacheReadInputTokens === undefined && usage.cacheWriteInputTokens === undefined)
    return {
      at,
      effect: 'none',
      reason: 'unsupported',
      detail: 'The provider tells nothing of a cache. It may not know cache points.',
    }
  return { at, effect: 'none', detail: 'The provider cached nothing here and did not say why.' }
}

function prefixesOf({ sent }: CachePoints, parts: readonly object[]) {
  const byTarget = new Map(sent.map(({ at, target }) => [target, at]))
  // Asked for where it is needed: importing it costs more than a whole call.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  const prefixes: Prefix[] = []
  let chars = 0
  for (const part of parts) {
    // The mark itself is not part of what is cached.
    const text = JSON.stringify({ ...part, cache_control: undefined })
    hash.update(text)
    chars += text.length
    const at = byTarget.get(part)
    if (at !== undefined) prefixes.push({ at, chars, hash: hash.copy().digest('base64') })
  }
  return { prefixes, allChars: Math.max(chars, 1) }
}
