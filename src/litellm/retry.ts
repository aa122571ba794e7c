import { setTimeout as sleep } from 'node:timers/promises'
import { asAgentError } from '../agent/errors.js'
import type { ModelReply } from '../agent/model.js'
import type { ReplyHeaders } from './http/reply.js'
import type { Tell } from './wires/wire.js'

const firstDelayMs = 500
const longestDelayMs = 8_000
/** A provider that asks for more patience than this is not waited for. */
const longestRetryAfterMs = 60_000

/**
 * The one place where calls are repeated: with doubling, jittered delays or the provider's own
 * `Retry-After`, only for errors that say they are worth it, and never once output has gone to the
 * caller, who would see it twice.
 */
export async function withRetries(
  attempt: (tell: Tell) => Promise<ModelReply>,
  options: { maxRetries: number; signal: AbortSignal },
  tell: Tell,
): Promise<ModelReply> {
  for (let retries = 0; ; retries++) {
    let delivered = false
    try {
      return await attempt((event) => {
        if (event.type !== 'notice') delivered = true
        return tell(event)
      })
    } catch (thrown) {
      const error = asAgentError(thrown)
      const delayMs = error.retryAfterMs ?? backoff(retries)
      const worthIt = error.retryable && !delivered && delayMs <= longestRetryAfterMs
      if (!worthIt || retries >= options.maxRetries || options.signal.aborted) throw error
      await tell({ type: 'retry', attempt: retries + 1, delayMs, code: error.code })
      await sleep(delayMs, undefined, { signal: options.signal }).catch(() => {
        throw error
      })
    }
  }
}

function backoff(retries: number): number {
  const delay = Math.min(firstDelayMs * 2 ** retries, longestDelayMs)
  return delay * (0.75 + Math.random() / 4)
}

/** `Retry-After` in seconds or as a date, or OpenAI's `retry-after-ms`; `undefined`: none. */
export function retryAfterMs(headers: ReplyHeaders | undefined): number | undefined {
  const ms = Number.parseFloat(headers?.get('retry-after-ms') ?? '')
  if (ms >= 0) return ms
  const after = headers?.get('retry-after')
  if (!after) return undefined
  const seconds = Number(after)
  const wait = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
