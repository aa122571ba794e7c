/**
 * The calls being worked on. Each gets a signal that aborts with its request, by its name, and with
 * all others when the server must end.
 */
export class InFlight {
  private readonly calls = new Map<AbortController, Promise<unknown>>()
  private readonly named = new Map<string, AbortController>()

  get size(): number {
    return this.calls.size
  }

  async run<T>(
    { signal: request, name }: { signal: AbortSignal; name?: string | undefined },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController()
    const abort = () => controller.abort(request.reason)
    if (request.aborted) abort()
    else request.addEventListener('abort', abort, { once: true })
    const done = work(controller.signal)
    this.calls.set(controller, done)
    if (name !== undefined) this.named.set(name, controller)
    try {
      return await done
    } finally {
      this.calls.delete(controller)
      if (name !== undefined) this.named.delete(name)
      request.removeEventListener('abort', abort)
    }
  }

  cancel(name: string, reason: unknown): void {
    this.named.get(name)?.abort(reason)
  }

  abortAll(): void {
    for (const controller of this.calls.keys()) controller.abort('The server is shutting down.')
  }

  /** Resolves when no call is left and the last answers are on their way, or after so many milliseconds. */
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
