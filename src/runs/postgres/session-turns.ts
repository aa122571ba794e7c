import type { SessionKey } from '../sessions/session-store.js'
import type { Notifications } from './notifications.js'
import type { Database } from './queryable.js'

/** A turn whose lease is not renewed for this long is over. */
const leaseSeconds = 15
const renewMs = 5_000
/** Waiters poll, because notices can be lost and leases expire without a notice. */
const lookAgainMs = 1_000

export const aliveTurn = 'lease_until > now()'
export const sameSession = 'principal = $1 AND agent = $2 AND session_id = $3'

export function keyValues({ principal, agent, sessionId }: SessionKey): string[] {
  return [principal, agent, sessionId]
}

/**
 * Manages the queues for sessions, which all nodes share. The first holder in a queue has the
 * session until it leaves or its lease expires.
 */
export class SessionTurns {
  private readonly held = new Set<string>()
  private lastEntry: Promise<unknown> = Promise.resolve()
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly onError: (error: unknown) => void,
  ) {}

  /**
   * Waits for earlier holders. Rejects with the signal's reason if the signal aborts. A holder that is
   * already in the queue keeps its place.
   */
  async enter(
    key: SessionKey,
    holder: string,
    signal: AbortSignal,
    onWait?: () => void,
  ): Promise<void> {
    signal.throwIfAborted()
    await this.join(key, holder)
    const line = this.notifications.watch(topicOf(key))
    try {
      for (let told = false; (await this.currentHolder(key)) !== holder; told = true) {
        if (!told) onWait?.()
        await line.next(lookAgainMs, signal)
        signal.throwIfAborted()
      }
    } catch (reason) {
      await this.leave(key, holder)
      throw reason
    } finally {
      line.stop()
    }
  }

  async leave(key: SessionKey, holder: string): Promise<void> {
    this.held.delete(holder)
    if (this.held.size === 0) this.stop()
    await this.database.rows('DELETE FROM litellm_agents.session_turns WHERE holder = $1', [holder])
    this.notifications.send(topicOf(key))
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  /** Adds holders one at a time, so that turns are in the order of the calls. */
  private async join(key: SessionKey, holder: string): Promise<void> {
    const entry = this.lastEntry.then(() =>
      this.database.rows(
        `INSERT INTO litellm_agents.session_turns (principal, agent, session_id, holder, lease_until)
         VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
         ON CONFLICT (holder) DO UPDATE SET lease_until = excluded.lease_until`,
        [...keyValues(key), holder, leaseSeconds],
      ),
    )
    this.lastEntry = entry.catch(() => {})
    await entry
    this.held.add(holder)
    this.timer ??= setInterval(() => this.renew().catch(this.onError), renewMs).unref()
  }

  private async currentHolder(key: SessionKey): Promise<string | undefined> {
    const [row] = await this.database.rows<{ holder: string }>(
      `SELECT holder FROM litellm_agents.session_turns WHERE ${sameSession} AND ${aliveTurn} ORDER BY turn LIMIT 1`,
      keyValues(key),
    )
    return row?.holder
  }

  private async renew(): Promise<void> {
    await this.database.rows(
      `UPDATE litellm_agents.session_turns SET lease_until = now() + make_interval(secs => $2)
       WHERE holder = ANY($1)`,
      [[...this.held], leaseSeconds],
    )
    await this.database.rows(
      "DELETE FROM litellm_agents.session_turns WHERE lease_until < now() - interval '1 hour'",
    )
  }
}

function topicOf(key: SessionKey): string {
  // NOTIFY payloads are limited to 8,000 bytes and session names are not, so the topic is a hash.
  const name = JSON.stringify(keyValues(key))
  const { createHash } = process.getBuiltinModule('node:crypto')
  return `session:${createHash('sha256').update(name).digest('base64url')}`
}
