export interface StoreBounds {
  ttlMs: number
  maxCount: number
  maxBytes: number
}

interface Entry<Value> {
  readonly value: Value
  readonly bytes: number
  readonly expiresAt: number
}

/**
 * Keeps values for a limited time, within limits on their count and total size. The oldest values
 * are dropped first. The latest value is kept regardless of its size.
 */
export class BoundedStore<Value> {
  private readonly entries = new Map<string, Entry<Value>>()
  private bytes = 0

  constructor(
    private readonly bounds: StoreBounds,
    private readonly onDrop: (value: Value) => void = () => {},
    private readonly now: () => number = Date.now,
  ) {}

  add(id: string, value: Value, bytes: number): void {
    this.entries.set(id, { value, bytes, expiresAt: this.now() + this.bounds.ttlMs })
    this.bytes += bytes
    this.evict()
  }

  get(id: string): Value | undefined {
    const entry = this.entries.get(id)
    return entry && entry.expiresAt > this.now() ? entry.value : undefined
  }

  /** Yields the values, oldest first. */
  *values(): Generator<Value> {
    const now = this.now()
    for (const { value, expiresAt } of this.entries.values()) if (expiresAt > now) yield value
  }

  private evict(): void {
    const now = this.now()
    const { maxBytes, maxCount } = this.bounds
    for (const [id, { value, bytes, expiresAt }] of this.entries) {
      const fit = this.entries.size <= maxCount && this.bytes <= maxBytes && expiresAt > now
      if (fit || this.entries.size === 1) return
      this.entries.delete(id)
      this.bytes -= bytes
      this.onDrop(value)
    }
  }
}
