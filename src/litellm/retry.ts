import { setTimeout as sleep } from 'node:timers/promises'
import { asAgentError } from '../agent/errors.js'
import type { ModelReply } from '../agent/model.js'
import type { Delivery } from './delivery.js'

const firstDelayMs = 500
const longestDelayMs = 8_000
/** Do not retry if Retry-After exceeds this. */
const longestRetryAfterMs = 60_000

/**
 * Repeats a failed call. It waits for `Retry-After` if the provider sent it, and otherwise for a
 * doubling, jittered delay. Only errors marked as retryable are retried. A call is not retried once
 * output has reached the caller, because the caller would receive it twice.
 */
export async function withRetries(
  attempt: () => Promise<ModelReply>,
  options: { maxRetries: number; signal: AbortSignal },
  delivery: Delivery,
): Promise<ModelReply> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt()
    } catch (thrown) {
      const error = asAgentError(thrown)
      const delayMs = error.retryAfterMs ?? backoff(retries)
      const worthIt = error.retryable && !delivery.started && delayMs <= longestRetryAfterMs
      if (!worthIt || retries >= options.maxRetries || options.signal.aborted) throw error
      await delivery.emit({ type: 'retry', attempt: retries + 1, delayMs, code: error.code })
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
