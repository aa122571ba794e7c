import type { Message } from '../../agent/messages/content.js'
import {
  changedMeanwhile,
  isEmptyTurn,
  nextState,
  type SessionState,
  toSession,
} from '../sessions/session-state.js'
import {
  defaultSessions,
  type Session,
  type SessionKey,
  type SessionLimits,
  type SessionStore,
  type SessionStoreOptions,
  type SessionSummary,
} from '../sessions/session-store.js'
import type { Notifications } from './notifications.js'
import type { Database } from './queryable.js'
import { aliveTurn, keyValues, SessionTurns, sameSession } from './session-turns.js'

/** A session at a version, which is 0 if nothing was saved yet. */
interface Versioned {
  readonly version: number
  readonly state: SessionState | undefined
}

/**
 * Stores sessions that all nodes share. A turn is saved only on the version that it continued, so
 * that the change of another run is never overwritten.
 */
export class PostgresSessions implements SessionStore {
  readonly limits: SessionLimits
  private readonly maxSessions: number
  private readonly ttlSeconds: number
  private readonly turns: SessionTurns

  constructor(
    private readonly database: Database,
    notifications: Notifications,
    options: SessionStoreOptions & { onError: (error: unknown) => void },
  ) {
    this.limits = options.limits ?? {}
    this.maxSessions = options.maxSessions ?? defaultSessions.maxSessions
    this.ttlSeconds = (options.ttlMs ?? defaultSessions.ttlMs) / 1000
    this.turns = new SessionTurns(database, notifications, options.onError)
  }

  acquire(key: SessionKey, signal: AbortSignal, onWait?: () => void): Promise<Session> {
    return this.acquireAs(crypto.randomUUID(), key, signal, onWait)
  }

  /** Like `acquire`, for a holder that can return from another node and then keeps its place. */
  async acquireAs(
    holder: string,
    key: SessionKey,
    signal: AbortSignal,
    onWait?: () => void,
  ): Promise<VersionedSession> {
    await this.turns.enter(key, holder, signal, onWait)
    await this.forgetExpired(key)
    return this.sessionAt(await this.read(key), holder, key)
  }

  /** Returns a session as it was when its holder first acquired it. */
  sessionAt(before: Versioned, holder: string, key: SessionKey): VersionedSession {
    const session = toSession(before.state)
    return {
      ...session,
      before,
      release: async (turn) => {
        try {
          if (turn && !isEmptyTurn(before.state, turn))
            await this.save(
              key,
              holder,
              before.version,
              nextState(key, before.state, turn, session.cacheMemory, Date.now()),
            )
          else await this.touch(key)
        } finally {
          await this.turns.leave(key, holder)
        }
      },
    }
  }

  async list(principal: string): Promise<SessionSummary[]> {
    await this.evict()
    const rows = await this.database.rows<{ summary: SessionSummary }>(
      'SELECT summary FROM litellm_agents.sessions WHERE principal = $1 ORDER BY last_used DESC',
      [principal],
    )
    return rows.map(({ summary }) => summary)
  }

  async forget(
    principal: string,
    { sessionId, agent }: { sessionId: string; agent?: string | undefined },
    signal: AbortSignal,
  ): Promise<number> {
    await this.evict()
    const agents = await this.database.rows<{ agent: string }>(
      `SELECT agent FROM litellm_agents.sessions WHERE principal = $1 AND session_id = $2
       UNION SELECT agent FROM litellm_agents.session_turns WHERE principal = $1 AND session_id = $2 AND ${aliveTurn}`,
      [principal, sessionId],
    )
    let forgotten = 0
    for (const one of agents) {
      if (agent !== undefined && one.agent !== agent) continue
      const key = { principal, sessionId, agent: one.agent }
      const holder = crypto.randomUUID()
      await this.turns.enter(key, holder, signal)
      const gone = await this.database.rows(
        `DELETE FROM litellm_agents.sessions WHERE ${sameSession} RETURNING version`,
        keyValues(key),
      )
      forgotten += gone.length
      await this.turns.leave(key, holder)
    }
    return forgotten
  }

  async close(): Promise<void> {
    this.turns.stop()
  }

  private async read(key: SessionKey): Promise<Versioned> {
    const [row] = await this.database.rows<SessionRow>(
      `SELECT version, messages, cache_memory, summary FROM litellm_agents.sessions WHERE ${sameSession}`,
      keyValues(key),
    )
    if (!row) return { version: 0, state: undefined }
    const { messages, cache_memory, summary } = row
    const state = { messages, cacheMemory: new Map(cache_memory), summary }
    return { version: Number(row.version), state }
  }

  private async save(
    key: SessionKey,
    holder: string,
    version: number,
    { messages, cacheMemory, summary }: SessionState,
  ): Promise<void> {
    if (version === 0) {
      await this.evict()
      await this.makeRoom()
    }
    const kept = await this.database.rows(
      version === 0
        ? `INSERT INTO litellm_agents.sessions (principal, agent, session_id, holder, messages, cache_memory, summary, version)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING version`
        : `UPDATE litellm_agents.sessions SET holder = $4, messages = $5, cache_memory = $6, summary = $7,
             version = $8, last_used = now()
           WHERE ${sameSession} AND version = $8 - 1 RETURNING version`,
      [
        ...keyValues(key),
        holder,
        JSON.stringify(messages),
        JSON.stringify([...cacheMemory]),
        JSON.stringify(summary),
        version + 1,
      ],
    )
    if (kept.length === 0 && !(await this.alreadySaved(key, holder, version + 1)))
      throw changedMeanwhile(key)
  }

  /**
   * Returns whether the same holder already committed this turn, on a node that died before it
   * responded.
   */
  private async alreadySaved(key: SessionKey, holder: string, version: number): Promise<boolean> {
    const [row] = await this.database.rows<{ holder: string; version: string }>(
      `SELECT holder, version FROM litellm_agents.sessions WHERE ${sameSession}`,
      keyValues(key),
    )
    return row?.holder === holder && Number(row.version) === version
  }

  private async touch(key: SessionKey): Promise<void> {
    await this.database.rows(
      `UPDATE litellm_agents.sessions SET last_used = now() WHERE ${sameSession}`,
      keyValues(key),
    )
  }

  /** Deletes this session if it expired. The caller holds the session. */
  private async forgetExpired(key: SessionKey): Promise<void> {
    await this.database.rows(
      `DELETE FROM litellm_agents.sessions WHERE ${sameSession} AND last_used < now() - make_interval(secs => $4)`,
      [...keyValues(key), this.ttlSeconds],
    )
  }

  /** Deletes expired sessions that are not in use. */
  private async evict(): Promise<void> {
    await this.database.rows(
      `DELETE FROM litellm_agents.sessions s WHERE last_used < now() - make_interval(secs => $1) AND ${unused}`,
      [this.ttlSeconds],
    )
  }

  /** Deletes the least recently used sessions, to make room for one more. */
  private async makeRoom(): Promise<void> {
    await this.database.rows(
      `DELETE FROM litellm_agents.sessions WHERE (principal, agent, session_id) IN (
         SELECT principal, agent, session_id FROM litellm_agents.sessions s WHERE ${unused} ORDER BY last_used
         LIMIT greatest(0, (SELECT count(*) FROM litellm_agents.sessions) - $1 + 1))`,
      [this.maxSessions],
    )
  }
}

/** A session with the version from which another node can continue it. */
export interface VersionedSession extends Session {
  readonly before: Versioned
}

interface SessionRow {
  /** The driver returns a bigint as text. */
  version: string
  messages: Message[]
  cache_memory: [string, string][]
  summary: SessionSummary
}

const unused = `NOT EXISTS (
  SELECT FROM litellm_agents.session_turns t WHERE t.principal = s.principal AND t.agent = s.agent
    AND t.session_id = s.session_id AND t.${aliveTurn})`
