import type { Message } from '../../agent/messages/content.js'
import { retryUntilAvailable } from '../postgres/outage.js'
import type { PostgresSessions } from '../postgres/postgres-sessions.js'
import type { SessionAccess, SessionKey, SessionSummary } from '../sessions/session-store.js'
import type { StepLog } from './step-log.js'

/** Holds the recorded session state from which a run continued. */
interface SessionRecord {
  version: number
  state?: { messages: readonly Message[]; cacheMemory: [string, string][]; summary: SessionSummary }
}

/**
 * Returns the sessions as one run sees them. The run keeps its place in the queue under its own id
 * on any node. It continues from the recorded state when it is resumed.
 */
export function durableSessions(
  sessions: PostgresSessions,
  runId: string,
  stepLog: StepLog,
): SessionAccess {
  return {
    limits: sessions.limits,
    acquire: async (key: SessionKey, signal, onWait) => {
      const held = await retryUntilAvailable(() => sessions.acquireAs(runId, key, signal, onWait))
      const { version, state } = await stepLog.step(
        'session',
        signal,
        async (): Promise<SessionRecord> => {
          const { version, state } = held.before
          return {
            version,
            ...(state && { state: { ...state, cacheMemory: [...state.cacheMemory] } }),
          }
        },
      )
      const before = {
        version,
        state: state && { ...state, cacheMemory: new Map(state.cacheMemory) },
      }
      const session = sessions.sessionAt(before, runId, key)
      return { ...session, release: (turn) => retryUntilAvailable(() => session.release(turn)) }
    },
  }
}
