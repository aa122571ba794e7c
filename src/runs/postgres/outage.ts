import { setTimeout as sleep } from 'node:timers/promises'
import { AgentError } from '../../agent/errors.js'

const firstPauseMs = 100
const longestPauseMs = 5_000

/** Does it again, for as long as it takes, where the database could not be reached. */
export async function retryUntilAvailable<T>(work: () => Promise<T>): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AgentError && isOutage(error.cause))) throw error
      await sleep(pauseMs)
    }
  }
}

/** Whether a statement failed for want of a server, and not for what it says. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(08|53|57P0|40)/.test(code) ||
    /^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_)/.test(code) ||
    /connection (terminated|timeout)|timeout (expired|exceeded)|not queryable/i.test(error.message)
  )
}
