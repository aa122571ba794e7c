interface Bucket {
  /** Requests that are allowed at the time `at`. */
  left: number
  at: number
}

const minute = 60_000
const prunedAbove = 10_000

/**
 * Limits the requests per minute of each principal, in this process. A principal may send a whole
 * minute's requests at once; its allowance then grows back evenly.
 */
export class RequestRate {
  private readonly buckets = new Map<string, Bucket>()

  constructor(private readonly now: () => number = Date.now) {}

  /** Takes so many requests, and returns 0; or takes none, and returns the milliseconds to wait. */
  take(principal: string, perMinute: number, count = 1): number {
    const now = this.now()
    const { left, at } = this.buckets.get(principal) ?? { left: perMinute, at: now }
    const grown = Math.min(perMinute, left + ((now - at) * perMinute) / minute)
    const allowed = grown >= count
    this.buckets.set(principal, { left: allowed ? grown - count : grown, at: now })
    if (this.buckets.size > prunedAbove) this.prune(now)
    return allowed ? 0 : Math.ceil(((count - grown) * minute) / perMinute)
  }

  /** Returns one request that was taken. */
  giveBack(principal: string): void {
    const bucket = this.buckets.get(principal)
    if (bucket) bucket.left++
  }

  /** Removes the buckets that are full again, which are those without a request for a minute. */
  private prune(now: number): void {
    for (const [principal, { at }] of this.buckets)
      if (now - at >= minute) this.buckets.delete(principal)
  }
}
