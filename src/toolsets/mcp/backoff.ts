const firstMs = 500
const maxMs = 30_000

/**
 * How long to wait after so many failures in a row before a server is started again. The first time
 * not at all; then twice as long each time, up to half a minute, and never in step with others.
 */
export function restartDelayMs(failures: number, random: () => number = Math.random): number {
  if (failures <= 1) return 0
  const full = Math.min(maxMs, firstMs * 2 ** (failures - 2))
  return full * (0.5 + random() / 2)
}
