import { untilAborted } from '../../util/until-aborted.js'

import {
  isEmptyTurn,
  lastUsedFirst,
  nextState,
  type SessionState,
  toSession,
} from './session-state.js'
import {
  defaultSessions,
  type Session,
  type SessionKey,
  type SessionLimits,
  type SessionStore,
  type SessionStoreOptions,
  type SessionSummary,
} from './session-store.js'

interface Entry {
  readonly key: SessionKey
  /** The state of the session; `undefined` if no turn was saved yet. */
  state: SessionState | undefined
  /** The number of runs that use this session or wait for it. */
  users: number
  /** Settles when the last of these runs has ended. */
  tail: Promise<void>
  lastUsed: number
}

/**
 * Sessions in this process. The least recently used are deleted if there are too many, and unused
 * sessions expire. A session in use is never deleted.
 */
export class MemorySessions implements SessionStore {
  readonly limits: SessionLimits
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>()
  private readonly maxSessions: number
  private readonly ttlMs: number
  private readonly now: () => number

  constructor(options: SessionStoreOptions & { now?: () => number } = {}) {
    this.limits = options.limits ?? {}
    this.maxSessions = options.maxSessions ?? defaultSessions.maxSessions
    this.ttlMs = options.ttlMs ?? defaultSessions.ttlMs
    this.now = options.now ?? Date.now
  }

  async acquire(key: SessionKey, signal: AbortSignal, onWait?: () => void): Promise<Session> {
    const entry = this.take(key)
    const leave = await enter(entry, signal, onWait)
    const session = toSession(entry.state)
    return {
      ...session,
      release: async (turn) => {
        entry.lastUsed = this.now()
        if (turn && !isEmptyTurn(entry.state, turn))
          entry.state = nextState(key, entry.state, turn, session.cacheMemory, entry.lastUsed)
        leave()
      },
    }
  }

  async list(principal: string): Promise<SessionSummary[]> {
    const now = this.now()
    const summaries: SessionSummary[] = []
    for (const entry of this.entries.values()) {
      if (!entry.state || entry.key.principal !== principal || this.expired(entry, now)) continue
      summaries.push(entry.state.summary)
    }
    return lastUsedFirst(summaries)
  }

  async forget(
    principal: string,
    { sessionId, agent }: { sessionId: string; agent?: string | undefined },
    signal: AbortSignal,
  ): Promise<number> {
    let forgotten = 0
    for (const [name, entry] of [...this.entries]) {
      const { key } = entry
      if (key.principal !== principal || key.sessionId !== sessionId) continue
      if (agent !== undefined && key.agent !== agent) continue
      const leave = await enter(entry, signal)
      if (entry.state && !this.expired(entry, this.now())) forgotten++
      entry.state = undefined
      leave()
      if (entry.users === 0) this.entries.delete(name)
    }
    return forgotten
  }

  /** Returns the entry of a key, and marks it as the most recently used. */
  private take(key: SessionKey): Entry {
    const name = JSON.stringify([key.principal, key.agent, key.sessionId])
    const found = this.entries.get(name)
    this.entries.delete(name)
    this.evict()
    const lastUsed = this.now()
    const entry =
      found && !this.expired(found, lastUsed)
        ? found
        : { key, state: undefined, users: 0, tail: Promise.resolve(), lastUsed }
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

/** Waits for earlier runs, and returns a function that lets the next run start. */
async function enter(entry: Entry, signal: AbortSignal, onWait?: () => void): Promise<() => void> {
  const before = entry.tail
  let pass: () => void = () => {}
  const turn = new Promise<void>((resolve) => {
    pass = resolve
  })
  entry.tail = before.then(() => turn)
  if (entry.users++ > 0) onWait?.()
  const leave = () => {
    entry.users--
    pass()
  }
  const { aborted, stop } = untilAborted(signal)
  try {
    await Promise.race([before, aborted])
    return leave
  } catch (reason) {
    leave()
    throw reason
  } finally {
    stop()
  }
}
