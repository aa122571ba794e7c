/** A bounded memory of what was made from a key. The least recently used goes first. */
export class Lru<Value> {
  private readonly values = new Map<string, Value>()
  /** The last of `values`: most often it is what is asked for next, and stands where it has to. */
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
}
