import { type Destination, dial } from '../../util/network/dial.js'
import { Connection } from './connection.js'
import type { ReplyHead } from './reply-head.js'

/** Limits the connections to one destination. More requests wait for a free connection. */
const maxConnections = 1024
const idleMs = 60_000
/** A connection is not used within this time before the server closes it. */
const marginMs = 1_000

/** Describes a request that waits for a connection. */
interface Waiting {
  use(connection: Connection): void
  fail(reason: unknown): void
}

interface Idle {
  connection: Connection
  until: number
}

/** Keeps the connections to one destination open between requests. */
export class ConnectionPool {
  /**
   * Lists the idle connections, most recently used last. The last one is used first, so that
   * surplus connections expire.
   */
  private idle: Idle[] = []
  private count = 0
  private readonly waiting = new Set<Waiting>()
  private session: Buffer | undefined
  private sweeper: NodeJS.Timeout | undefined

  constructor(private readonly destination: Destination) {}

  /**
   * Passes a connection to `use`, immediately if possible. Returns a function that cancels the
   * wait.
   */
  take(request: Waiting): () => void {
    const idle = this.idleOne()
    if (idle) {
      request.use(idle)
      return () => {}
    }
    if (this.count < maxConnections) return this.open(request)
    this.waiting.add(request)
    return () => this.waiting.delete(request)
  }

  private idleOne(): Connection | undefined {
    const now = performance.now()
    for (let last = this.idle.pop(); last; last = this.idle.pop()) {
      if (last.until > now && last.connection.open) return last.connection
      last.connection.destroy()
    }
    return undefined
  }

  private open({ use, fail }: Waiting): () => void {
    const { destination } = this
    this.count++
    let opening = true
    const giveUp = dial(
      { ...destination, session: this.session },
      (socket) => {
        opening = false
        if (destination.tls)
          socket.on('session', (session: Buffer) => {
            this.session = session
          })
        use(new Connection(socket, destination.proxy, this.onFree, this.onClosed))
      },
      (error) => {
        opening = false
        this.replace()
        fail(error)
      },
    )
    return () => {
      if (!opening) return
      giveUp()
      this.replace()
    }
  }

  private readonly onFree = (connection: Connection, { headers }: ReplyHead): void => {
    const [next] = this.waiting
    if (next) {
      this.waiting.delete(next)
      next.use(connection)
      return
    }
    const told = /\btimeout=(\d+)/i.exec(headers.get('keep-alive') ?? '')?.[1]
    const keptMs = told === undefined ? idleMs : Math.min(idleMs, Number(told) * 1000 - marginMs)
    this.idle.push({ connection, until: performance.now() + keptMs })
    this.sweeper ??= setInterval(() => this.sweep(), idleMs).unref()
  }

  private readonly onClosed = (connection: Connection): void => {
    this.idle = this.idle.filter((one) => one.connection !== connection)
    this.replace()
  }

  /** Handles a closed connection. The next waiting request opens another. */
  private replace(): void {
    this.count--
    const [next] = this.waiting
    if (!next) return
    this.waiting.delete(next)
    this.open(next)
  }

  private sweep(): void {
    const now = performance.now()
    for (const { connection, until } of this.idle) if (until <= now) connection.destroy()
    if (this.idle.length > 0) return
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }
}
