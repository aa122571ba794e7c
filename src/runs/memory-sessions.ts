import type { Message } from '../agent/content.js'
import type { CacheMemory } from '../agent/model.js'
import { untilAborted } from '../agent/run-signal.js'
import type { Session, SessionKey, SessionStore } from './session-store.js'

interface Entry {
  messages: readonly Message[]
  readonly cacheMemory: CacheMemory
  /** Runs that hold this session or wait for it. */
  users: number
  /** Settles when the last of them is done. */
  tail: Promise<void>
  lastUsed: number
}

export interface MemorySessionsOptions {
  maxSessions?: number
  ttlMs?: number
  now?: () => number
}

/**
 * Sessions in this process: the least recently used go first once there are too many, and every
 * one goes when it has not been used for a day. One in use never goes.
 */
export class MemorySessions implements SessionStore {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>()
  private readonly maxSessions: number
  private readonly ttlMs: number
  private readonly now: () => number

  constructor(options: MemorySessionsOptions = {}) {
    this.maxSessions = options.maxSessions ?? 1000
    this.ttlMs = options.ttlMs ?? 24 * 60 * 60 * 1000
    this.now = options.now ?? Date.now
  }

  async acquire(key: SessionKey, signal: AbortSignal): Promise<Session> {
    const entry = this.take(JSON.stringify([key.principal, key.agent, key.sessionId]))
    const before = entry.tail
    let leave: () => void = () => {}
    const turn = new Promise<void>((resolve) => {
      leave = resolve
    })
    entry.tail = before.then(() => turn)
    entry.users++
    const release = async (messages?: readonly Message[]) => {
      if (messages) entry.messages = messages
      entry.lastUsed = this.now()
      entry.users--
      leave()
    }
    const { aborted, stop } = untilAborted(signal)
    try {
      await Promise.race([before, aborted])
    } catch (reason) {
      await release()
      throw reason
    } finally {
      stop()
    }
    return { messages: entry.messages, cacheMemory: entry.cacheMemory, release }
  }

  /** The entry of a name, moved to the end of the line for eviction. */
  private take(name: string): Entry {
    const found = this.entries.get(name)
    this.entries.delete(name)
    this.evict()
    const now = this.now()
    const entry =
      found && !this.expired(found, now)
        ? found
        : { messages: [], cacheMemory: new Map(), users: 0, tail: Promise.resolve(), lastUsed: now }
    this.entries.set(name, entry)
    return entry
  }

  private evict(): void {
    const now = this.now()
    for (const [name, entry] of this.entries) {
      if (this.entries.size < this.maxSessions && !this.expired(entry, now)) return
      if (entry.users === 0) this.entries.delete(name)
    }
  }

  private expired(entry: Entry, now: number): boolean {
    return entry.users === 0 && now - entry.lastUsed > this.ttlMs
  }
}
