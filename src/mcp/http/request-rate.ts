interface Bucket {
  /** Requests that may still come at once. */
  left: number
  /** When that was so. */
  at: number
}

const minute = 60_000
const prunedAbove = 10_000

/**
 * Requests a minute, for each principal: as many at once as a minute may have, and they grow back
 * evenly. Counted in this process.
 */
export class RequestRate {
  private readonly buckets = new Map<string, Bucket>()

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes one request: 0, or how many milliseconds are to be waited first. */
  take(principal: string, perMinute: number): number {
    const now = this.now()
    const { left, at } = this.buckets.get(principal) ?? { left: perMinute, at: now }
    const grown = Math.min(perMinute, left + ((now - at) * perMinute) / minute)
    const allowed = grown >= 1
    this.buckets.set(principal, { left: allowed ? grown - 1 : grown, at: now })
    if (this.buckets.size > prunedAbove) this.prune(now)
    return allowed ? 0 : Math.ceil(((1 - grown) * minute) / perMinute)
  }

  /** After a minute of silence every bucket is full again, and as good as none. */
  private prune(now: number): void {
    for (const [principal, { at }] of this.buckets)
      if (now - at >= minute) this.buckets.delete(principal)
  }
}
