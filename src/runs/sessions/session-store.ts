import type { Message } from '../../agent/messages/content.js'
import type { Usage } from '../../agent/metrics/usage.js'
import type { CacheMemory } from '../../agent/model.js'

/** A session belongs to who calls, to the agent that answers, and has a name its caller picked. */
export interface SessionKey {
  principal: string
  agent: string
  sessionId: string
}

/** What runs have spent: tokens as far as they were told, USD or `null` as soon as some are unknown. */
export interface Spending {
  usage: Usage | null
  costUsd: number | null
}

/** What one run leaves behind: the whole conversation as it is now, and what the run spent. */
export interface Turn extends Spending {
  messages: readonly Message[]
}

/** A conversation, held by one run at a time. */
export interface Session {
  readonly messages: readonly Message[]
  /** The run's own, to be changed freely: it is kept with its turn. */
  readonly cacheMemory: CacheMemory
  /** By all runs before this one. */
  readonly spent: Spending
  /**
   * Commits a turn, or nothing, and lets the next run in. To be called exactly once. When it
   * resolves, the turn is kept. It fails with an AgentError where that cannot be: the store is full
   * or gone, or someone else has changed the session meanwhile. The next run is let in all the same.
   */
  release(turn?: Turn): Promise<void>
}

/** A session as a list shows it. Times are ISO 8601. */
export interface SessionSummary extends Spending {
  sessionId: string
  /** The profile; empty: none. */
  agent: string
  /** How many there are. */
  messages: number
  createdAt: string
  updatedAt: string
}

/** Caps on all runs of a session together. */
export interface SessionLimits {
  maxCostUsd?: number
  maxTotalTokens?: number
}

/** How many sessions are kept, and for how long after their last use. */
export interface SessionStoreOptions {
  maxSessions?: number
  ttlMs?: number
  limits?: SessionLimits
}

/** Conversations between runs. */
export interface SessionStore {
  readonly limits: SessionLimits
  /**
   * Waits for the runs that came before this one; rejects with the signal's reason when that aborts.
   * `onWait` is called where there is someone to wait for.
   */
  acquire(key: SessionKey, signal: AbortSignal, onWait?: () => void): Promise<Session>
  /** A principal's sessions that hold something, the last used first. */
  list(principal: string): Promise<SessionSummary[]>
  /**
   * Deletes a principal's session, with one agent or (none given) with every one, and tells how many
   * there were. Waits its turn like a run, so that what was asked for before it is done first.
   */
  forget(
    principal: string,
    which: { sessionId: string; agent?: string | undefined },
    signal: AbortSignal,
  ): Promise<number>
}

/** What a run needs of it. */
export type SessionAccess = Pick<SessionStore, 'acquire' | 'limits'>

export const defaultSessions = { maxSessions: 1000, ttlMs: 24 * 60 * 60 * 1000 } as const
