import type { Socket } from 'node:net'
import type { HttpProxy } from '../../util/network/proxy.js'
import { ProxyError } from '../../util/network/proxy-error.js'
import { isCertificateFault } from '../../util/network/trust.js'
import { type BodyReader, bodyReader } from './reply-body.js'
import { parseReplyHead, ReplyError, type ReplyHead } from './reply-head.js'

/** Receives the reply to a request. */
export interface Exchange {
  head(head: ReplyHead): void
  piece(bytes: Buffer): void
  end(): void
  fail(reason: unknown): void
}

const maxHeadBytes = 65_536

/** Reports that the server sent nothing for longer than the limit. */
export class SilenceError extends Error {
  readonly code = 'ETIMEDOUT'

  constructor(readonly silenceMs: number) {
    super(`The server sent nothing for ${silenceMs / 1000} s.`)
  }
}

/**
 * Sends requests on a socket, one at a time. A request is sent only after the previous reply is
 * complete.
 */
export class Connection {
  private exchange: Exchange | undefined
  /** The received text of an incomplete head. */
  private headText = ''
  private reply: { head: ReplyHead; body: BodyReader } | undefined
  private silenceMs: number | undefined

  /** @param onFree called when a reply is complete and another request can be sent */
  constructor(
    private readonly socket: Socket,
    private readonly proxy: HttpProxy | undefined,
    private readonly onFree: (connection: Connection, head: ReplyHead) => void,
    onClosed: (connection: Connection) => void,
  ) {
    socket.on('data', (bytes: Buffer) => this.read(bytes))
    socket.on('end', () => this.finish())
    socket.on('timeout', () => this.destroy(new SilenceError(this.silenceMs ?? 0)))
    socket.on('error', (error) => this.fail(this.explained(error)))
    socket.on('close', () => {
      this.fail(this.explained(hangUp()))
      onClosed(this)
    })
  }

  /** @param silenceMs how long the server may send nothing; `undefined` if there is no limit */
  send(head: string, body: string, exchange: Exchange, silenceMs?: number): void {
    this.exchange = exchange
    this.silenceMs = silenceMs
    if (silenceMs !== undefined) this.socket.setTimeout(silenceMs)
    this.socket.ref()
    if (isAscii(head)) {
      // One write mostly results in one packet.
      this.socket.write(head + body)
      return
    }
    this.socket.cork()
    this.socket.write(head, 'latin1')
    this.socket.write(body)
    this.socket.uncork()
  }

  /** Whether the connection can send another request, as far as this end knows. */
  get open(): boolean {
    const { socket } = this
    return socket.writable && !socket.readableEnded && !socket.destroyed
  }

  /** Pauses or resumes the socket, if this exchange is still its current one. */
  setPaused(exchange: Exchange, paused: boolean): void {
    if (this.exchange !== exchange) return
    if (paused) this.socket.pause()
    else this.socket.resume()
    // The silence limit does not apply while the reader is paused.
    if (this.silenceMs !== undefined) this.socket.setTimeout(paused ? 0 : this.silenceMs)
  }

  /** Closes the connection if this exchange is still its current one. */
  abandon(exchange: Exchange, reason: unknown): void {
    if (this.exchange === exchange) this.destroy(reason)
  }

  destroy(reason?: unknown): void {
    this.fail(reason)
    this.socket.destroy()
  }

  private read(bytes: Buffer): void {
    try {
      let rest = bytes
      while (rest.length > 0) {
        // The server sent data without a request.
        if (!this.exchange) throw new ReplyError('Unexpected response: no request is pending.')
        rest = this.reply ? this.readBody(rest) : this.readHead(rest)
      }
    } catch (thrown) {
      this.destroy(thrown)
    }
  }

  /** Returns the bytes after the head. The result is empty if the head is not complete. */
  private readHead(bytes: Buffer): Buffer {
    const before = this.headText.length
    this.headText += bytes.toString('latin1', 0, maxHeadBytes + 1 - before)
    const end = headEnd.exec(this.headText)
    if (!end) {
      if (this.headText.length > maxHeadBytes)
        throw new ReplyError('The head of the reply is too long.')
      return bytes.subarray(bytes.length)
    }
    const head = parseReplyHead(this.headText.slice(0, end.index))
    this.headText = ''
    const rest = bytes.subarray(end.index + end[0].length - before)
    // This is an interim response, and the final response follows it.
    if (head.status < 200) return rest
    this.reply = { head, body: bodyReader(head.framing) }
    this.exchange?.head(head)
    if (this.reply.body.done) this.over(rest)
    return rest
  }

  private readBody(bytes: Buffer): Buffer {
    const { exchange, reply } = this
    if (!exchange || !reply) return bytes
    const count = reply.body.push(bytes, (piece) => exchange.piece(piece))
    const rest = bytes.subarray(count)
    if (reply.body.done) this.over(rest)
    return rest
  }

  /**
   * Handles the end of the server's data. It is the end of the body if no other framing defines it.
   */
  private finish(): void {
    if (this.reply?.head.framing === 'untilClose') this.over(nothing)
    else this.destroy(this.explained(hangUp()))
  }

  private over(rest: Buffer): void {
    const { exchange, reply, socket } = this
    this.exchange = undefined
    this.reply = undefined
    // A server may reply before it has read the whole request, and the unread part would precede
    // the next request. Extra bytes after the body would precede the next reply.
    const clean = reply?.head.keepAlive && rest.length === 0 && socket.writableLength === 0
    if (this.silenceMs !== undefined) socket.setTimeout(0)
    if (reply && clean) {
      if (socket.isPaused()) socket.resume()
      // An idle connection does not keep the process alive.
      socket.unref()
      this.onFree(this, reply.head)
    } else socket.destroy()
    exchange?.end()
  }

  /** Returns a connection error that names the proxy, because the proxy is a likely cause. */
  private explained(error: Error): Error {
    const { proxy } = this
    return proxy && !isCertificateFault(error)
      ? new ProxyError(proxy, { cause: error, sent: true })
      : error
  }

  private fail(reason: unknown): void {
    const { exchange } = this
    this.exchange = undefined
    exchange?.fail(reason)
  }
}

const nothing = Buffer.alloc(0)
const headEnd = /\r?\n\r?\n/
const notAscii = /[^\t\r\n -~]/

function isAscii(text: string): boolean {
  return !notAscii.test(text)
}

function hangUp(): Error {
  return Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' })
}
