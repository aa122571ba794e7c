import type { CachePointBlock } from '../../agent/messages/content.js'
import type { CachePointReport } from '../../agent/metrics/cache-report.js'

/**
 * Limits the cache points of a request. This is Anthropic's limit, which LiteLLM and the other
 * providers also apply.
 */
export const maxCachePoints = 4

/** Describes a cache point that is sent: its name and the part of the request before it. */
export interface SentPoint {
  at: string
  target: object
}

type CacheControl = { type: 'ephemeral'; ttl?: '5m' | '1h' }

/**
 * Collects the cache points of one request, in request order. It records every point, so that the
 * report includes the points that are not sent.
 */
export class CachePoints {
  readonly sent: SentPoint[] = []
  readonly refused: CachePointReport[] = []
  private hasShortPoint = false

  constructor(private readonly supported: boolean) {}

  /** Marks the part before the point with `cache_control`, in the form of LiteLLM and Anthropic. */
  mark(before: readonly object[], { cachePoint }: CachePointBlock, at: string): void {
    if (!this.admit(before, at)) return
    const ttl = this.orderedTtl(cachePoint.ttl)
    const target = before.at(-1) as { cache_control?: CacheControl }
    target.cache_control = { type: 'ephemeral', ...(ttl && { ttl }) }
  }

  /**
   * Returns the lifetime to send. Providers refuse a one-hour point after a five-minute point, so
   * such a point is shortened.
   */
  private orderedTtl(ttl: '5m' | '1h' | undefined): '5m' | '1h' | undefined {
    if (ttl !== '1h') this.hasShortPoint = true
    return ttl === '1h' && this.hasShortPoint ? '5m' : ttl
  }

  /**
   * Returns whether the point can be sent after the last of these parts. If not, the report
   * contains the reason.
   */
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

  /** Takes back the points that were to be sent, with the reason for the report. */
  withdraw(reason: NonNullable<CachePointReport['reason']>, detail: string): void {
    for (const { at } of this.sent.splice(0)) this.refuse(at, reason, detail)
  }

  /** Records a point that is not sent, with the reason for the report. */
  refuse(at: string, reason: NonNullable<CachePointReport['reason']>, detail: string): false {
    this.refused.push({ at, effect: 'none', reason, detail })
    return false
  }
}
