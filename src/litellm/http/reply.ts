import { StringDecoder } from 'node:string_decoder'
import type { Connection, Exchange } from './connection.js'
import { codingsIn, Decoder } from './content-coding.js'
import type { ReplyHead } from './reply-head.js'

/** Describes the part of `Headers` that this package uses. */
export interface ReplyHeaders {
  get(name: string): string | null
}

export interface HttpReply {
  status: number
  headers: ReplyHeaders
  /** Returns the whole body. Rejects if the connection fails before its end, or above `maxBytes`. */
  text(maxBytes?: number): Promise<string>
  /**
   * Yields the body as it arrives. The connection is closed if the caller stops before the end.
   * Rejects above the limit of all answers.
   */
  pieces(): AsyncGenerator<string>
  /**
   * Stops reading, because the caller has the answer. The connection is used again if the body ends
   * soon, and closed otherwise.
   */
  release(): void
}

/** Limits an answer. The longest have images, some megabytes each. */
const maxAnswerBytes = 32 * 1024 * 1024

/** An answer that is longer than the limit. */
export class AnswerTooLong extends Error {
  constructor(readonly maxBytes: number) {
    super(`The answer is longer than ${maxBytes} bytes.`)
  }
}

/** How long a connection may take to end a body that nobody reads any more. */
const releaseMs = 1_000

/** Limits the bytes that are buffered before the caller reads them. */
const readAheadBytes = 65_536

/** Passes a reply from the connection that reads it to the caller. */
export class IncomingReply implements HttpReply, Exchange {
  status = 0
  headers: ReplyHeaders = { get: () => null }
  private queue: Buffer[] = []
  private queued = 0
  private received = 0
  private maxBytes = maxAnswerBytes
  private wanted: 'pieces' | 'text' | undefined
  private ended = false
  private failed: { by: unknown } | undefined
  private wake: (() => void) | undefined
  private decoder: Decoder | undefined
  private releaseTimer: NodeJS.Timeout | undefined

  constructor(
    private readonly onHead: (reply: HttpReply) => void,
    private readonly onFailed: (reason: unknown) => void,
    /** Called when the exchange ends, with or without an error. */
    private readonly onOver: () => void,
    private readonly connection: () => Connection | undefined,
  ) {}

  head({ status, headers }: ReplyHead): void {
    this.status = status
    this.headers = { get: (name) => headers.get(name) ?? null }
    const codings = codingsIn(headers.get('content-encoding'))
    if (codings.length > 0) this.decoder = this.decoderOf(codings)
    this.onHead(this)
  }

  readonly piece = (bytes: Buffer): void => {
    if (this.decoder) this.decoder.write(bytes)
    else this.take(bytes)
  }

  end(): void {
    if (this.decoder) this.decoder.end()
    else this.finish()
  }

  private decoderOf(codings: string[]): Decoder {
    return new Decoder(codings, {
      piece: (bytes) => this.take(bytes),
      end: () => this.finish(),
      fail: (reason) => {
        this.connection()?.abandon(this, reason)
        this.fail(reason)
      },
    })
  }

  private take(bytes: Buffer): void {
    if (this.failed || this.releaseTimer) return
    this.received += bytes.length
    if (this.received > this.maxBytes) {
      this.refuse()
      return
    }
    this.queue.push(bytes)
    this.queued += bytes.length
    if (this.queued > readAheadBytes && this.wanted !== 'text') this.setPaused(true)
    if (this.wanted === 'pieces') this.wake?.()
  }

  /** Ends an answer that is too long, so that it cannot exhaust the memory. */
  private refuse(): void {
    const reason = new AnswerTooLong(this.maxBytes)
    this.queue = []
    this.queued = 0
    this.connection()?.abandon(this, reason)
    this.fail(reason)
  }

  private setPaused(paused: boolean): void {
    this.decoder?.setPaused(paused)
    this.connection()?.setPaused(this, paused)
  }

  private finish(): void {
    clearTimeout(this.releaseTimer)
    this.ended = true
    this.onOver()
    this.wake?.()
  }

  fail(reason: unknown): void {
    if (this.ended || this.failed) return
    this.failed = { by: reason }
    clearTimeout(this.releaseTimer)
    this.decoder?.destroy()
    this.onOver()
    // This call has no effect if the head has arrived.
    this.onFailed(reason)
    this.wake?.()
  }

  async text(maxBytes = maxAnswerBytes): Promise<string> {
    this.wanted = 'text'
    this.maxBytes = maxBytes
    if (this.received > maxBytes) this.refuse()
    if (this.queued > readAheadBytes) this.setPaused(false)
    while (!this.ended && !this.failed) await this.news()
    if (this.failed) throw this.failed.by
    return withoutMark(this.taken().toString())
  }

  async *pieces(): AsyncGenerator<string> {
    this.wanted = 'pieces'
    let isFirst = true
    const decoder = new StringDecoder('utf8')
    try {
      while (true) {
        if (this.queued > 0) {
          const bytes = decoder.write(this.taken())
          const text = isFirst ? withoutMark(bytes) : bytes
          if (bytes !== '') isFirst = false
          this.setPaused(false)
          if (text !== '') yield text
        } else if (this.failed) throw this.failed.by
        else if (this.ended) {
          const cutOff = decoder.end()
          if (cutOff !== '') yield cutOff
          return
        } else await this.news()
      }
    } finally {
      if (!this.ended && !this.releaseTimer) {
        this.connection()?.abandon(this, undefined)
        this.decoder?.destroy()
      }
    }
  }

  release(): void {
    if (this.ended || this.failed || this.releaseTimer) return
    this.releaseTimer = setTimeout(() => {
      this.connection()?.abandon(this, undefined)
    }, releaseMs).unref()
    this.queue = []
    this.queued = 0
    this.setPaused(false)
  }

  private taken(): Buffer {
    const [first = Buffer.alloc(0)] = this.queue
    const bytes = this.queue.length > 1 ? Buffer.concat(this.queue) : first
    this.queue = []
    this.queued = 0
    return bytes
  }

  private async news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
  }
}

/** Removes the byte order mark that some gateways add to the start of a body. */
function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
