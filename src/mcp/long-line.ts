import { Transform, type TransformCallback } from 'node:stream'

const newline = 0x0a
/** Enough for whatever stands before or after the params of a request. */
const keptBytes = 2048

/** The two ends of a line that was too long to keep. */
export interface LongLine {
  head: string
  tail: string
}

/**
 * Passes lines on whole, and drops those that are longer than the cap, so that one of them costs
 * its sender an error and not everybody the connection.
 */
export class LineGuard extends Transform {
  private parts: Buffer[] = []
  private size = 0
  private ends: { head: Buffer; tail: Buffer } | undefined

  constructor(
    private readonly maxBytes: number,
    private readonly onLongLine: (line: LongLine) => void,
  ) {
    super()
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const last = chunk.lastIndexOf(newline)
    // As it is nearly always: whole lines, none of them too long.
    if (last !== -1 && !this.ends && this.size + chunk.length <= this.maxBytes) {
      const lines = chunk.subarray(0, last + 1)
      this.push(this.parts.length === 0 ? lines : Buffer.concat([...this.parts, lines]))
      this.parts = []
      this.size = 0
      if (last + 1 < chunk.length) this.keep(chunk.subarray(last + 1))
      done()
      return
    }
    let start = 0
    while (start < chunk.length) {
      const end = chunk.indexOf(newline, start)
      const next = end === -1 ? chunk.length : end + 1
      this.keep(chunk.subarray(start, next))
      if (end !== -1) this.endLine()
      start = next
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    this.endLine()
    done()
  }

  private keep(piece: Buffer): void {
    if (this.ends) {
      this.ends.tail = Buffer.concat([this.ends.tail, piece.subarray(-keptBytes)]).subarray(
        -keptBytes,
      )
      return
    }
    this.parts.push(piece)
    this.size += piece.length
    if (this.size <= this.maxBytes) return
    const line = Buffer.concat(this.parts)
    // Copies: a view would keep all of the line in memory.
    this.ends = {
      head: Buffer.from(line.subarray(0, keptBytes)),
      tail: Buffer.from(line.subarray(-keptBytes)),
    }
    this.parts = []
  }

  private endLine(): void {
    const { ends, parts } = this
    this.parts = []
    this.size = 0
    this.ends = undefined
    if (ends) this.onLongLine({ head: ends.head.toString(), tail: ends.tail.toString() })
    else if (parts.length > 0) this.push(parts.length === 1 ? parts[0] : Buffer.concat(parts))
  }
}

const text = '"(?:[^"\\\\]|\\\\.)*"'
const plainMember = `"(?:jsonrpc|method|id)"\\s*:\\s*(?:${text}|-?\\d+)`
// Quotes inside a JSON text are escaped, so that neither can be found inside the params.
const beforeParams = new RegExp(`^\\s*\\{\\s*(?:${plainMember}\\s*,\\s*)+`)
const afterParams = new RegExp(`\\}\\s*(?:,\\s*${plainMember}\\s*)+\\}\\s*$`)

/** What a request says of itself outside its params, as far as it stands at either end of its line. */
export function requestOf({ head, tail }: LongLine): {
  id: string | number | null
  method: string | null
} {
  const members = `${beforeParams.exec(head)?.[0] ?? ''}${afterParams.exec(tail)?.[0] ?? ''}`
  const found = (name: string): string | number | null => {
    const member = new RegExp(`"${name}"\\s*:\\s*(${text}|-?\\d+)`).exec(members)
    return member ? JSON.parse(member[1] as string) : null
  }
  const method = found('method')
  return { id: found('id'), method: typeof method === 'string' ? method : null }
}
