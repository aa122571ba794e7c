const whole = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const hour = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const moment = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

export const toldNumber = (value: number) => whole.format(value)
export const toldShort = (value: number) => compact.format(value)
export const toldShare = (part: number, of: number) => (of > 0 ? percent.format(part / of) : '–')
/** Formats a day in UTC, because the totals are by UTC day. */
export const toldDay = (at: number) => day.format(at)
export const toldHour = (at: number) => hour.format(at)
export const toldMoment = (at: number) => moment.format(at)

/** Formats a cost. Small amounts keep two significant digits. */
export function toldCost(usd: number | null): string {
  if (usd === null) return 'unknown'
  const size = Math.abs(usd)
  if (size > 0 && size < 0.0001) return '< $0.0001'
  const digits = size === 0 || size >= 0.1 ? 2 : 1 - Math.floor(Math.log10(size))
  const text = size.toLocaleString('en', {
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  })
  return `${usd < 0 ? '−' : ''}$${text}`
}

export function toldTime(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}

export function toldAgent(name: string): string {
  return name === '' ? 'no agent' : name
}
