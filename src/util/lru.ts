/**
 * Caches the values made from keys, up to `max`. The least recently used value is dropped first.
 */
export class Lru<Value> {
  private readonly values = new Map<string, Value>()
  /**
   * The last entry of `values`. It is the most common hit, and it needs no move within `values`.
   */
  private latest: { key: string; value: Value } | undefined

  constructor(private readonly max: number) {}

  get(key: string, make: () => Value): Value {
    if (this.latest?.key === key) return this.latest.value
    const value = this.values.get(key) ?? make()
    this.values.delete(key)
    this.values.set(key, value)
    this.latest = { key, value }
    const oldest = this.values.size > this.max ? this.values.keys().next().value : undefined
    if (oldest !== undefined) this.values.delete(oldest)
    return value
  }

  delete(key: string): void {
    this.values.delete(key)
    if (this.latest?.key === key) this.latest = undefined
  }
}
