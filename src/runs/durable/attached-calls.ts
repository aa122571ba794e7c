/** Tracks the calls that cancel the run they started when they end, by run. */
export class AttachedCalls {
  private readonly calls = new Map<string, { signal: AbortSignal; removeListener: () => void }>()

  constructor(private readonly cancel: (runId: string, principal: string) => void) {}

  add(runId: string, principal: string, signal: AbortSignal): void {
    const onAbort = () => {
      this.calls.delete(runId)
      this.cancel(runId, principal)
    }
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const removeListener = () => signal.removeEventListener('abort', onAbort)
    this.calls.set(runId, { signal, removeListener })
  }

  /** Returns whether a signal is that of the call which started the run. */
  has(runId: string, signal: AbortSignal | undefined): boolean {
    return signal !== undefined && this.calls.get(runId)?.signal === signal
  }

  /** Detaches a run from its call. The call then does not cancel the run. */
  delete(runId: string): void {
    this.calls.get(runId)?.removeListener()
    this.calls.delete(runId)
  }

  clear(): void {
    for (const { removeListener } of this.calls.values()) removeListener()
    this.calls.clear()
  }
}
