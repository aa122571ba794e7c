const lookEveryMs = 1_000

/**
 * Resolves when whoever started this process has gone: where somebody else holds its stdin open,
 * nothing else tells. Windows has no such sign.
 */
export function orphaned(): Promise<void> {
  const parent = process.ppid
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve()
    }, lookEveryMs)
    timer.unref()
  })
}
