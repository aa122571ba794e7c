import type { Client } from 'pg'
import type { Queryable } from './queryable.js'

const channel = 'litellm_agents'
const reconnectMs = 1_000

/** Tells whoever listens, on whichever node, that something with this name has changed. */
export async function notify(database: Queryable, topic: string): Promise<void> {
  await database.rows('SELECT pg_notify($1, $2)', [channel, topic])
}

export interface Watch {
  /** Resolves with the next notice, after so many milliseconds, or when the signal aborts. */
  change(withinMs: number, signal?: AbortSignal): Promise<void>
  stop(): void
}

/**
 * What other nodes tell through the database. It comes fast and may be lost: whoever listens looks
 * again after a while all the same.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<() => void>>()
  private client: Client | undefined
  private timer: NodeJS.Timeout | undefined
  private closed = false

  constructor(
    private readonly url: string,
    private readonly onError: (error: Error) => void,
  ) {}

  /** Starts to listen; from then on a broken connection is made anew. */
  async open(): Promise<void> {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: this.url, keepAlive: true })
    let broken = false
    const onBreak = (error?: Error) => {
      if (broken || this.closed) return
      broken = true
      if (error) this.onError(error)
      client.end().catch(() => {})
      this.reconnectLater()
    }
    client.on('error', onBreak)
    client.on('end', onBreak)
    client.on('notification', ({ payload }) => this.emit(payload ?? ''))
    await client.connect()
    await client.query(`LISTEN ${channel}`)
    this.client = client
    // Whatever was said meanwhile was not heard.
    for (const topic of this.listeners.keys()) this.emit(topic)
  }

  /** Calls back on each notice of this topic, until the returned function is called. */
  on(topic: string, listener: () => void): () => void {
    const listeners = this.listeners.get(topic) ?? new Set()
    this.listeners.set(topic, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.listeners.delete(topic)
    }
  }

  /** Follows a topic from now on, so that no notice is missed between two waits. */
  watch(topic: string): Watch {
    let changed = false
    let wake = () => {}
    const off = this.on(topic, () => {
      changed = true
      wake()
    })
    return {
      change: (withinMs, signal) =>
        new Promise((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', done)
            changed = false
            resolve()
          }
          const timer = setTimeout(done, withinMs)
          wake = done
          if (changed || signal?.aborted) done()
          else signal?.addEventListener('abort', done, { once: true })
        }),
      stop: off,
    }
  }

  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.timer)
    await this.client?.end().catch(() => {})
  }

  private emit(topic: string): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener()
  }

  private reconnectLater(): void {
    this.client = undefined
    this.timer = setTimeout(() => {
      this.open().catch((error: unknown) => {
        this.onError(error instanceof Error ? error : new Error(String(error)))
        if (!this.closed) this.reconnectLater()
      })
    }, reconnectMs)
  }
}
