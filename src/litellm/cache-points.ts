import type { CachePointReport, CacheReport } from '../agent/cache.js'
import type { CachePointBlock, JsonObject } from '../agent/content.js'
import type { Usage } from '../agent/usage.js'

/** Anthropic's limit, which LiteLLM and the other providers keep to. */
const maxPoints = 4

/**
 * The cache points of one request, in the order they are met. Marks the part before a point with
 * `cache_control`, and keeps book of every point, so that none is lost in silence.
 */
export class CachePoints {
  readonly sent: string[] = []
  readonly refused: CachePointReport[] = []

  constructor(private readonly supported: boolean) {}

  mark(before: JsonObject[], { cachePoint }: CachePointBlock, at: string): void {
    const target = before.at(-1)
    if (target === undefined)
      this.refuse(
        at,
        'nothingBefore',
        'Nothing stands before this cache point. Move it after the text that is to be cached.',
      )
    else if (!this.supported)
      this.refuse(
        at,
        'unsupported',
        'This provider takes no cache points. Remove it, or call the model through LiteLLM or its own provider.',
      )
    else if (target.cache_control !== undefined)
      this.refuse(
        at,
        'nothingBefore',
        'Nothing stands between this cache point and the one before it. The first one holds.',
      )
    else if (this.sent.length === maxPoints)
      this.refuse(
        at,
        'tooMany',
        `Providers take ${maxPoints} cache points. Remove the ones that save least.`,
      )
    else {
      const { ttl } = cachePoint
      target.cache_control = { type: 'ephemeral', ...(ttl && { ttl }) }
      this.sent.push(at)
    }
  }

  private refuse(at: string, reason: NonNullable<CachePointReport['reason']>, detail: string) {
    this.refused.push({ at, effect: 'none', reason, detail })
  }
}

/** What became of the points of a request, told from the usage it came back with. */
export function cacheReport(
  points: { sent: readonly string[]; refused: readonly CachePointReport[] },
  usage: Usage | null,
): CacheReport {
  const read = usage?.cacheReadInputTokens ?? 0
  const written = usage?.cacheWriteInputTokens ?? 0
  const last = points.sent.length - 1
  const sent = points.sent.map((at, index): CachePointReport => {
    if (written > 0 && (read === 0 || index === last)) return { at, effect: 'written' }
    return { at, effect: read > 0 ? 'read' : 'none' }
  })
  return { written, read, savedUsd: null, points: [...sent, ...points.refused] }
}
