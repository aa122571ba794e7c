import { AgentError } from '../../agent/errors.js'
import type { Message } from '../../agent/messages/content.js'
import { noUsage, sumCost, sumUsage } from '../../agent/metrics/usage.js'
import type { CacheMemory } from '../../agent/model.js'
import type { SessionKey, SessionSummary, Spending, Turn } from './session-store.js'

/** The state of a session. Immutable: each turn creates the next state. */
export interface SessionState {
  readonly messages: readonly Message[]
  readonly cacheMemory: CacheMemory
  readonly summary: SessionSummary
}

const nothingSpent: Spending = Object.freeze({ usage: noUsage, costUsd: 0 })

/** Returns what a run receives of a session, which may be new. */
export function toSession(state: SessionState | undefined) {
  return {
    messages: state?.messages ?? [],
    cacheMemory: new Map(state?.cacheMemory),
    spent: state?.summary ?? nothingSpent,
  }
}

/** Returns the state after a turn. */
export function nextState(
  { sessionId, agent }: SessionKey,
  before: SessionState | undefined,
  turn: Turn,
  cacheMemory: CacheMemory,
  now: number,
): SessionState {
  const updatedAt = new Date(now).toISOString()
  const spent = before?.summary ?? nothingSpent
  const summary = {
    sessionId,
    agent,
    messages: turn.messages.length,
    createdAt: before?.summary.createdAt ?? updatedAt,
    updatedAt,
    usage: sumUsage([spent.usage, turn.usage]),
    costUsd: sumCost([spent.costUsd, turn.costUsd]),
  }
  return { messages: turn.messages, cacheMemory, summary }
}

/** Returns whether a turn has no effect: it added no message, and its cost is known to be 0. */
export function isEmptyTurn(before: SessionState | undefined, turn: Turn): boolean {
  const messages = before?.messages ?? []
  return (
    turn.costUsd === 0 &&
    (turn.usage?.totalTokens ?? 0) === 0 &&
    turn.messages.length === messages.length &&
    turn.messages.every((message, index) => message === messages[index])
  )
}

export function lastUsedFirst(summaries: SessionSummary[]): SessionSummary[] {
  return summaries.sort((one, other) => (one.updatedAt < other.updatedAt ? 1 : -1))
}

/** Returns the error of a turn that continued from a state which is not the latest. */
export function changedMeanwhile({ sessionId }: SessionKey): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `The session ${JSON.stringify(sessionId)} was changed by another run in the meantime, so this turn was not saved.`,
    hint: 'Call again to continue from the state that the other run left.',
    retryable: true,
  })
}
