/** A bounded memory of what was made from a key. The least recently used goes first. */
export class Lru<Value> {
  private readonly values = new Map<string, Value>()

  constructor(private readonly max: number) {}

  get(key: string, make: () => Value): Value {
    const value = this.values.get(key) ?? make()
    this.values.delete(key)
    this.values.set(key, value)
    const oldest = this.values.size > this.max ? this.values.keys().next().value : undefined
    if (oldest !== undefined) this.values.delete(oldest)
    return value
  }
}
