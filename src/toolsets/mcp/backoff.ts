const firstMs = 500
const maxMs = 30_000

/**
 * Returns how long to wait before a server is started again after consecutive failures. The first
 * restart is immediate. The delay then doubles up to 30 s, with jitter.
 */
export function restartDelayMs(failures: number, random: () => number = Math.random): number {
  if (failures <= 1) return 0
  const full = Math.min(maxMs, firstMs * 2 ** (failures - 2))
  return full * (0.5 + random() / 2)
}
