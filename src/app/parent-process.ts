const lookEveryMs = 1_000

/**
 * Resolves when the parent process has ended. If another process holds stdin open, this is the only
 * sign that the client is gone. Windows does not change the parent's id.
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
