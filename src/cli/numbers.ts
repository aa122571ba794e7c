/** Returns a number such as `12,345`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Returns a number with its noun, such as `1 call` or `2,000 calls`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Returns an amount in cents, or with two significant digits if it is small: `$1.25`, `$0.00042`. */
export function usd(value: number, round: (value: number) => number = Math.round): string {
  if (value === 0) return '$0'
  const digits = value >= 0.1 ? 2 : Math.min(1 - Math.floor(Math.log10(value)), 10)
  const scale = 10 ** digits
  // Floating-point noise must not be rounded up.
  const rounded = round(Number((value * scale).toPrecision(12))) / scale
  return `$${value >= 0.1 ? rounded.toFixed(2) : trimmed(rounded.toFixed(digits))}`
}

/** Returns a size such as `1M`, `200k` or `8192`. */
export function size(value: number): string {
  if (value >= 1_000_000) return `${trimmed((value / 1_000_000).toFixed(1))}M`
  return value >= 10_000 ? `${Math.round(value / 1000)}k` : String(value)
}

function trimmed(decimal: string): string {
  return decimal.replace(/\.?0+$/, '')
}
