import type { CachePointBlock } from '../../agent/messages/content.js'
import type { CachePointReport } from '../../agent/metrics/cache-report.js'

/** Anthropic's limit, which LiteLLM and the other providers keep to. */
export const maxCachePoints = 4

/** A cache point that goes out: its name, and the part of the request that it follows. */
export interface SentPoint {
  at: string
  target: object
}

type CacheControl = { type: 'ephemeral'; ttl?: '5m' | '1h' }

/**
 * The cache points of one request, in the order they are met. Keeps book of every one, so that
 * none is lost in silence.
 */
export class CachePoints {
  readonly sent: SentPoint[] = []
  readonly refused: CachePointReport[] = []
  private hasShortPoint = false

  constructor(private readonly supported: boolean) {}

  /** Marks the part before the point with `cache_control`, as LiteLLM and Anthropic have it. */
  mark(before: readonly object[], { cachePoint }: CachePointBlock, at: string): void {
    if (!this.admit(before, at)) return
    const ttl = this.orderedTtl(cachePoint.ttl)
    const target = before.at(-1) as { cache_control?: CacheControl }
    target.cache_control = { type: 'ephemeral', ...(ttl && { ttl }) }
  }

  /** Providers refuse a point of an hour after one of five minutes, so such a point is shortened. */
  private orderedTtl(ttl: '5m' | '1h' | undefined): '5m' | '1h' | undefined {
    if (ttl !== '1h') this.hasShortPoint = true
    return ttl === '1h' && this.hasShortPoint ? '5m' : ttl
  }

  /** Whether the point can go out after the last of these parts; if not, the report says why. */
  admit(before: readonly object[], at: string): boolean {
    if (!this.supported)
      return this.refuse(
        at,
        'unsupported',
        'This provider takes no cache points. Remove it, or call the model through LiteLLM or on its own wire.',
      )
    const target = before.at(-1)
    if (target === undefined)
      return this.refuse(
        at,
        'nothingBefore',
        'Nothing stands before this cache point. Move it after what is to be cached.',
      )
    if (this.sent.some((point) => point.target === target))
      return this.refuse(
        at,
        'nothingBefore',
        'Nothing stands between this cache point and the one before it, which holds.',
      )
    if (this.sent.length === maxCachePoints)
      return this.refuse(
        at,
        'tooMany',
        `Providers take ${maxCachePoints} cache points. Remove the ones that save least.`,
      )
    this.sent.push({ at, target })
    return true
  }

  /** Not sent; the report says why. */
  refuse(at: string, reason: NonNullable<CachePointReport['reason']>, detail: string): false {
    this.refused.push({ at, effect: 'none', reason, detail })
    return false
  }
}
