import type { Message } from '../../agent/messages/content.js'
import type { Usage } from '../../agent/metrics/usage.js'
import type { CacheMemory } from '../../agent/model.js'

/** Identifies a session: its principal, the agent that answers, and an id that the caller chose. */
export interface SessionKey {
  principal: string
  agent: string
  sessionId: string
}

/**
 * Holds the spending: the tokens that were reported, and USD, which is null if any cost is unknown.
 */
export interface Spending {
  usage: Usage | null
  costUsd: number | null
}

/** The result of one run in a session: the whole conversation, and the run's spending. */
export interface Turn extends Spending {
  messages: readonly Message[]
}

/** A conversation, used by one run at a time. */
export interface Session {
  readonly messages: readonly Message[]
  /** The cache memory, which the run may change. It is saved with the turn. */
  readonly cacheMemory: CacheMemory
  /** The spending of all earlier runs. */
  readonly spent: Spending
  /** What the caller must know of the session, such as turns that are lost. */
  readonly notice?: string
  /**
   * Saves a turn, if given, and lets the next run start. Must be called exactly once. The turn is saved
   * when this resolves. Fails with an AgentError if the store is full or unavailable, or if another run
   * has changed the session. The next run starts in every case.
   */
  release(turn?: Turn): Promise<void>
}

/** A session as a list shows it. Times are in ISO 8601. */
export interface SessionSummary extends Spending {
  sessionId: string
  /** The profile's name; empty if there is none. */
  agent: string
  /** The number of messages. */
  messages: number
  createdAt: string
  updatedAt: string
}

/** Limits on all runs of a session together. */
export interface SessionLimits {
  maxCostUsd?: number
  maxTotalTokens?: number
}

/** The maximum number of sessions, and how long they are kept after their last use. */
export interface SessionStoreOptions {
  maxSessions?: number
  ttlMs?: number
  limits?: SessionLimits
}

/** Stores conversations between runs. */
export interface SessionStore {
  readonly limits: SessionLimits
  /**
   * Opens a session after the earlier runs on it. Rejects with the signal's reason if the signal aborts.
   * `onWait` is called if there are earlier runs.
   */
  acquire(key: SessionKey, signal: AbortSignal, onWait?: () => void): Promise<Session>
  /** Returns a principal's sessions that have messages, most recently used first. */
  list(principal: string): Promise<SessionSummary[]>
  /**
   * Deletes a principal's session with one agent, or with every agent if none is given. Returns how many
   * were deleted. Waits like a run, so that earlier runs end first.
   */
  forget(
    principal: string,
    which: { sessionId: string; agent?: string | undefined },
    signal: AbortSignal,
  ): Promise<number>
}

/** The part of a session store that a run needs. */
export type SessionAccess = Pick<SessionStore, 'acquire' | 'limits'>

export const defaultSessions = { maxSessions: 1000, ttlMs: 24 * 60 * 60 * 1000 } as const
