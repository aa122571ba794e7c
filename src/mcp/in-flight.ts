/**
 * Tracks the tool calls in progress. Each gets a signal that aborts with its request, or at
 * shutdown.
 */
export class InFlight {
  private readonly calls = new Map<AbortController, Promise<unknown>>()

  get size(): number {
    return this.calls.size
  }

  async run<T>(request: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const abort = () => controller.abort(request.reason)
    if (request.aborted) abort()
    else request.addEventListener('abort', abort, { once: true })
    const done = work(controller.signal)
    this.calls.set(controller, done)
    try {
      return await done
    } finally {
      this.calls.delete(controller)
      request.removeEventListener('abort', abort)
    }
  }

  abortAll(): void {
    for (const controller of this.calls.keys()) controller.abort('The server is shutting down.')
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
      await Promise.race([Promise.allSettled(this.calls.values()), timeout])
      clearTimeout(timer)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
