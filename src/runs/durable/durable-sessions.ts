import type { Message } from '../../agent/messages/content.js'
import { retryUntilAvailable } from '../postgres/outage.js'
import type { PostgresSessions } from '../postgres/postgres-sessions.js'
import type { SessionAccess, SessionKey, SessionSummary } from '../sessions/session-store.js'
import type { StepLog } from './step-log.js'

/** What a run went on from, as it is recorded. */
interface SessionRecord {
  version: number
  state?: { messages: readonly Message[]; cacheMemory: [string, string][]; summary: SessionSummary }
}

/**
 * The sessions as one run sees them. It has its place in the line under its own id, on whichever node
 * it is, and goes on from what it first found, also when it is resumed.
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
