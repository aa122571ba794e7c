/** A promise that rejects when the signal aborts, and a way to stop waiting. */
export function untilAborted(signal: AbortSignal): { aborted: Promise<never>; stop: () => void } {
  let onAbort: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  // The race may be over before the abort: a rejection nobody waits for is no fault.
  aborted.catch(() => {})
  return { aborted, stop: () => signal.removeEventListener('abort', onAbort) }
}
