import { setTimeout as sleep } from 'node:timers/promises'
import { AgentError } from '../../agent/errors.js'

const firstPauseMs = 100
const maxPauseMs = 5_000

/**
 * Repeats work while the database is unavailable: forever, or until `until` (milliseconds since
 * 1970), when the last failure is thrown. Any other failure is thrown at once.
 */
export async function retryUntilAvailable<T>(
  work: () => Promise<T>,
  until = Number.POSITIVE_INFINITY,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
    try {
      return await work()
    } catch (error) {
      if (!isUnavailable(error) || Date.now() + pauseMs > until) throw error
      await sleep(pauseMs)
    }
  }
}

/** Returns whether work failed because the database was unavailable. */
export function isUnavailable(error: unknown): boolean {
  return isOutage(error instanceof AgentError ? error.cause : error)
}

/** Returns whether a statement failed because of the server or the connection, not because of its content. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(08|53|57P0|40)/.test(code) ||
    /^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_)/.test(code) ||
    /connection (terminated|timeout)|timeout (expired|exceeded)|not queryable/i.test(error.message)
  )
}
