import type { ReplyHeaders } from './reply.js'

/**
 * Returns the delay of `Retry-After` (seconds or a date) or OpenAI's `retry-after-ms`; `undefined`
 * if there is none.
 */
export function retryAfterMs(headers: ReplyHeaders | undefined): number | undefined {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const after = headers?.get('retry-after')
  if (!after) return undefined
  const seconds = Number(after)
  const wait = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
