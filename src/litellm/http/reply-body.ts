import { type Framing, ReplyError } from './reply-head.js'

/** Finds the end of a body in the data of a connection. */
export interface BodyReader {
  readonly done: boolean
  /** Reads the bytes that belong to the body and returns their count. */
  push(bytes: Buffer, onPiece: (piece: Buffer) => void): number
}

export function bodyReader(framing: Framing): BodyReader {
  if (framing === 'chunked') return new ChunkedBody()
  return new PlainBody(framing === 'untilClose' ? Number.POSITIVE_INFINITY : framing)
}

class PlainBody implements BodyReader {
  constructor(private left: number) {}

  get done(): boolean {
    return this.left === 0
  }

  push(bytes: Buffer, onPiece: (piece: Buffer) => void): number {
    const count = Math.min(this.left, bytes.length)
    this.left -= count
    if (count > 0) onPiece(count === bytes.length ? bytes : bytes.subarray(0, count))
    return count
  }
}

const chunkHead = /^([\da-f]{1,12})[ \t]*(?:;.*)?$/i
const lineFeed = 0x0a
const maxLine = 16_384

/** Reads a chunked body (RFC 9112, 7.1). Chunk extensions and the trailer are ignored. */
class ChunkedBody implements BodyReader {
  done = false
  private state: 'head' | 'data' | 'dataEnd' | 'trailer' = 'head'
  private left = 0
  private line = ''

  push(bytes: Buffer, onPiece: (piece: Buffer) => void): number {
    let at = 0
    while (at < bytes.length && !this.done) {
      if (this.state === 'data') {
        const count = Math.min(this.left, bytes.length - at)
        onPiece(bytes.subarray(at, at + count))
        at += count
        this.left -= count
        if (this.left === 0) this.state = 'dataEnd'
      } else {
        const end = bytes.indexOf(lineFeed, at)
        this.line += bytes.toString('latin1', at, end === -1 ? bytes.length : end)
        if (this.line.length > maxLine) throw new ReplyError('A chunk has too long a line.')
        if (end === -1) return bytes.length
        at = end + 1
        this.endLine(this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line)
        this.line = ''
      }
    }
    return at
  }

  private endLine(line: string): void {
    switch (this.state) {
      case 'head': {
        const size = chunkHead.exec(line)?.[1]
        if (size === undefined) throw new ReplyError('A chunk has no valid size.')
        this.left = Number.parseInt(size, 16)
        this.state = this.left === 0 ? 'trailer' : 'data'
        break
      }
      case 'dataEnd':
        if (line !== '') throw new ReplyError('A chunk is longer than it says.')
        this.state = 'head'
        break
      case 'trailer':
        this.done = line === ''
    }
  }
}
