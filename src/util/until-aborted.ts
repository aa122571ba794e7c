/** Returns a promise that rejects when the signal aborts, and a function that ends the wait. */
export function untilAborted(signal: AbortSignal): { aborted: Promise<never>; stop: () => void } {
  let onAbort: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  // The promise can reject when nothing awaits it, which is not an error.
  aborted.catch(() => {})
  return { aborted, stop: () => signal.removeEventListener('abort', onAbort) }
}
