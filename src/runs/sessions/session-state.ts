import { AgentError } from '../../agent/errors.js'
import type { Message } from '../../agent/messages/content.js'
import { noUsage, sumCost, sumUsage } from '../../agent/metrics/usage.js'
import type { CacheMemory } from '../../agent/model.js'
import type { SessionKey, SessionSummary, Spending, Turn } from './session-store.js'

/** Everything that is known of a session. Never changed, only followed by the next. */
export interface SessionState {
  readonly messages: readonly Message[]
  readonly cacheMemory: CacheMemory
  readonly summary: SessionSummary
}

const nothingSpent: Spending = Object.freeze({ usage: noUsage, costUsd: 0 })

/** What a run is given of a session, which may be new. */
export function toSession(state: SessionState | undefined) {
  return {
    messages: state?.messages ?? [],
    cacheMemory: new Map(state?.cacheMemory),
    spent: state?.summary ?? nothingSpent,
  }
}

/** The session after a turn. */
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

/** Whether a turn leaves a session as it was: it said nothing and is known to have cost nothing. */
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

/** What a turn fails with that goes on from a state which is no longer the last. */
export function changedMeanwhile({ sessionId }: SessionKey): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `The session ${JSON.stringify(sessionId)} was changed by another run meanwhile; this turn was not kept.`,
    hint: 'Call again: it goes on from what the other run left.',
    retryable: true,
  })
}
