import type { ReplyHeaders } from './reply.js'

/**
 * Returns the delay that headers ask for: `retry-after-ms`, `Retry-After` (seconds or a date), or
 * the reset of a rate limit of which nothing remains. `undefined` if they ask for none.
 */
export function retryAfterMs(headers: ReplyHeaders | undefined): number | undefined {
  if (!headers) return undefined
  const ms = Number.parseFloat(headers.get('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const after = headers.get('retry-after')
  if (after) return delayOf(after)
  for (const [remaining, reset] of limits)
    if (Number(headers.get(remaining) ?? Number.NaN) === 0) {
      const delay = delayOf(headers.get(reset) ?? '')
      if (delay !== undefined) return delay
    }
  return undefined
}

/** The headers of each limit: how much remains, and when it is reset. */
const limits = ['', '-requests', '-tokens', '-input-tokens', '-output-tokens'].flatMap((kind) => [
  [`x-ratelimit-remaining${kind}`, `x-ratelimit-reset${kind}`] as const,
  [`anthropic-ratelimit${kind}-remaining`, `anthropic-ratelimit${kind}-reset`] as const,
])

/** Larger numbers are points in time: seconds since 1970, or milliseconds. */
const smallestTime = 1_000_000_000

/** Reads a number of seconds, a point in time, a date, or a duration such as `6m0s` and `120ms`. */
function delayOf(text: string): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isNaN(number)) {
    if (number < smallestTime) return Math.max(0, number * 1000)
    return Math.max(0, (number > smallestTime * 1000 ? number : number * 1000) - Date.now())
  }
  const [duration, hours, minutes, seconds, ms] =
    /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6}(?:\.\d{1,9})?)s)?(?:(\d{1,9})ms)?$/.exec(
      text.trim(),
    ) ?? []
  if (duration)
    return (
      (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000 +
      Number(ms ?? 0)
    )
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
