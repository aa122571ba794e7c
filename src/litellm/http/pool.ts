import type * as Net from 'node:net'
import type * as Tls from 'node:tls'
import { Connection } from './connection.js'
import type { ReplyHead } from './reply-head.js'

/** Enough for a thousand runs at once towards one provider; more wait for a free one. */
const maxConnections = 1024
const idleMs = 60_000
/** A connection that its server is about to close is not used again. */
const marginMs = 1_000

interface Idle {
  connection: Connection
  until: number
}

/** The connections to one origin, kept open between requests. */
export class ConnectionPool {
  /** Those last used at the end: they are taken first, so that what is too many grows old. */
  private idle: Idle[] = []
  private count = 0
  private readonly waiting = new Set<(connection: Connection) => void>()
  private session: Buffer | undefined
  private sweeper: NodeJS.Timeout | undefined

  constructor(private readonly url: URL) {}

  /** Hands over a connection, at once where there may be another one; returns how to stop waiting. */
  take(use: (connection: Connection) => void): () => void {
    const connection = this.idleOne() ?? this.newOne()
    if (connection) use(connection)
    else this.waiting.add(use)
    return () => this.waiting.delete(use)
  }

  private idleOne(): Connection | undefined {
    const now = performance.now()
    for (let last = this.idle.pop(); last; last = this.idle.pop()) {
      if (last.until > now && last.connection.open) return last.connection
      last.connection.destroy()
    }
    return undefined
  }

  private newOne(): Connection | undefined {
    if (this.count >= maxConnections) return undefined
    this.count++
    return new Connection(this.connect(), this.onFree, this.onClosed)
  }

  private connect(): Net.Socket {
    const { hostname, port, protocol } = this.url
    const host = hostname.replace(/^\[|\]$/g, '')
    // Asking for what is loaded costs nothing; importing does.
    const net = process.getBuiltinModule('node:net')
    if (protocol !== 'https:') return open(net.connect({ host, port: Number(port || 80) }))
    const tls: typeof Tls = process.getBuiltinModule('node:tls')
    const socket = tls.connect({
      host,
      port: Number(port || 443),
      ALPNProtocols: ['http/1.1'],
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(this.session && { session: this.session }),
    })
    socket.on('session', (session: Buffer) => {
      this.session = session
    })
    return open(socket)
  }

  private readonly onFree = (connection: Connection, { headers }: ReplyHead): void => {
    const [next] = this.waiting
    if (next) {
      this.waiting.delete(next)
      next(connection)
      return
    }
    const told = /\btimeout=(\d+)/i.exec(headers.get('keep-alive') ?? '')?.[1]
    const keptMs = told === undefined ? idleMs : Math.min(idleMs, Number(told) * 1000 - marginMs)
    this.idle.push({ connection, until: performance.now() + keptMs })
    this.sweeper ??= setInterval(() => this.sweep(), idleMs).unref()
  }

  private readonly onClosed = (connection: Connection): void => {
    this.count--
    this.idle = this.idle.filter((one) => one.connection !== connection)
    const [next] = this.waiting
    const another = next && this.newOne()
    if (!next || !another) return
    this.waiting.delete(next)
    next(another)
  }

  private sweep(): void {
    const now = performance.now()
    for (const { connection, until } of this.idle) if (until <= now) connection.destroy()
    if (this.idle.length > 0) return
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }
}

function open<Socket extends Net.Socket>(socket: Socket): Socket {
  // A model may think for minutes, and what stands between must not take that for the end.
  socket.setKeepAlive(true, 30_000)
  socket.setNoDelay(true)
  return socket
}
