import type { CacheReport } from '../../agent/metrics/cache-report.js'

/** Created on first use, because Intl takes 5 MB. */
let numbers: Intl.NumberFormat | undefined

/** Returns one line on what the prompt cache did, for people who see `content` and not `_meta`. */
export function cacheAdvice({ read, written, savedUsd, points }: CacheReport): string {
  numbers ??= new Intl.NumberFormat('en-US')
  const saved = savedUsd === null ? '' : `, ${money(savedUsd)}`
  const did = `${numbers.format(read)} tokens read, ${numbers.format(written)} written${saved}`
  const [advice] = points.flatMap(({ at, detail }) => (detail ? [`${at}: ${detail}`] : []))
  return `Cache: ${did}.${advice ? ` ${advice}` : ''}`
}

function money(usd: number): string {
  return usd < 0 ? `$${(-usd).toFixed(6)} more than without` : `$${usd.toFixed(6)} saved`
}
