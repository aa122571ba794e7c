import type { Client } from 'pg'
import { retryUntilAvailable } from './outage.js'
import type { Queryable } from './queryable.js'

const channel = 'litellm_agents'
const reconnectMs = 1_000
/** Notices are sent together, because each commit with a notice takes a lock of the whole database. */
const batchMs = 20
/** PostgreSQL limits a notice to 8,000 bytes. A longer one is sent without its content. */
const maxNoticeBytes = 7_900
/** A notice that was not sent within this time is useless: its listeners have polled by then. */
const sendWithinMs = 5_000

type Listener = (content: string | undefined) => void

export interface Watch {
  /**
   * Resolves at the next notice, after `withinMs`, or when the signal aborts. Returns the content of
   * the last notice; `undefined` if there was none, or if what it tells has to be read.
   */
  next(withinMs: number, signal?: AbortSignal): Promise<string | undefined>
  stop(): void
}

/**
 * Notices between nodes, through the database. Notices are fast but can be lost, so a listener also
 * polls.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>()
  private unsent = new Map<string, string | undefined>()
  private sending: Promise<void> | undefined
  private client: Client | undefined
  private timer: NodeJS.Timeout | undefined
  private closed = false

  /** `listenUrl` is `undefined` if notices cannot be received. Listeners then only poll. */
  constructor(
    private readonly database: Queryable,
    private readonly listenUrl: string | undefined,
    private readonly onError: (error: Error) => void,
  ) {}

  /** The time that a listener waits for a notice before it polls. */
  get pollMs(): number {
    return this.listenUrl === undefined ? 500 : 2_000
  }

  /** Starts to listen, and reconnects from then on. */
  async open(): Promise<void> {
    if (this.listenUrl === undefined) return
    const { default: pg } = await import('pg')
    const client = new pg.Client({
      connectionString: this.listenUrl,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 10_000,
      query_timeout: 10_000,
    })
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
    client.on('notification', ({ payload = '' }) => {
      const end = payload.indexOf('\n')
      if (end < 0) this.emit(payload)
      else this.emit(payload.slice(0, end), payload.slice(end + 1))
    })
    await client.connect()
    await client.query(`LISTEN ${channel}`)
    this.client = client
    // Notices sent while there was no connection were lost.
    for (const topic of this.listeners.keys()) this.emit(topic)
  }

  /**
   * Calls the listeners of this process, and soon sends a notice of this topic to all nodes. Of the
   * notices of one topic that are sent together, only the last one is.
   */
  send(topic: string, content?: string): void {
    this.emit(topic, content)
    this.unsent.set(topic, content)
    this.sending ??= new Promise<void>((resolve) => setTimeout(resolve, batchMs)).then(() =>
      this.flush(),
    )
  }

  /** Calls back at each notice of this topic, until the returned function is called. */
  on(topic: string, listener: Listener): () => void {
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
    let latest: string | undefined
    let wake = () => {}
    const off = this.on(topic, (content) => {
      changed = true
      latest = content
      wake()
    })
    return {
      next: (withinMs, signal) =>
        new Promise((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', done)
            const content = changed ? latest : undefined
            changed = false
            resolve(content)
          }
          const timer = setTimeout(done, withinMs)
          wake = done
          if (changed || signal?.aborted) done()
          else signal?.addEventListener('abort', done, { once: true })
        }),
      stop: off,
    }
  }

  private emit(topic: string, content?: string): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener(content)
  }

  /** Sends the notices that are due, then closes the connection. */
  async close(): Promise<void> {
    this.closed = true
    await this.sending
    clearTimeout(this.timer)
    await this.client?.end().catch(() => {})
  }

  private async flush(): Promise<void> {
    this.sending = undefined
    const notices = [...this.unsent].map(([topic, content]) => noticeOf(topic, content))
    this.unsent = new Map()
    const send = () =>
      this.database.rows('SELECT pg_notify($1, notice) FROM unnest($2::text[]) AS notice', [
        channel,
        notices,
      ])
    await retryUntilAvailable(send, Date.now() + sendWithinMs).catch((error: unknown) =>
      this.onError(error instanceof Error ? error : new Error(String(error))),
    )
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

/** Returns a notice as it is sent: the topic, and the content on the next line. */
function noticeOf(topic: string, content: string | undefined): string {
  const notice = `${topic}\n${content}`
  return content === undefined || Buffer.byteLength(notice) > maxNoticeBytes ? topic : notice
}
