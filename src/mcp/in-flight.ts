/** Tracks the tool calls in progress, so that a shutdown can wait for them. */
export class InFlight {
  private readonly calls = new Set<Promise<unknown>>()

  get size(): number {
    return this.calls.size
  }

  async track<T>(call: Promise<T>): Promise<T> {
    this.calls.add(call)
    try {
      return await call
    } finally {
      this.calls.delete(call)
    }
  }

  /**
   * Resolves when no call is open and the last results have been handed to the transport, or after
   * `withinMs`.
   */
  async idle(withinMs: number): Promise<void> {
    if (this.calls.size > 0) {
      let timer: NodeJS.Timeout | undefined
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs)
      })
      await Promise.race([Promise.allSettled(this.calls), timeout])
      clearTimeout(timer)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
