import type { Message } from '../agent/content.js'
import type { CacheMemory } from '../agent/model.js'

/** A session belongs to who calls, to the agent that answers, and has a name its caller picked. */
export interface SessionKey {
  principal: string
  agent: string
  sessionId: string
}

/** A conversation, held by one run at a time. */
export interface Session {
  readonly messages: readonly Message[]
  readonly cacheMemory: CacheMemory
  /** Keeps these messages and lets the next run in. To be called exactly once. */
  release(messages: readonly Message[]): Promise<void>
}

/** Conversations between runs. */
export interface SessionStore {
  /** Waits for the runs before this one; rejects with the signal's reason when that aborts. */
  acquire(key: SessionKey, signal: AbortSignal): Promise<Session>
}
