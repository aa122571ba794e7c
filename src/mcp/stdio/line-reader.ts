const newline = 0x0a
/** The length of each end that is kept of a long line; the members outside params are shorter. */
const keptBytes = 2048

/** The two ends of a line that was too long to keep. */
export interface LongLine {
  head: string
  tail: string
}

export interface LineListeners {
  onLine(line: string): void
  onLongLine(line: LongLine): void
}

/**
 * Splits bytes into lines. It drops each line that is longer than the limit, so that such a line
 * costs its sender an error and does not end the connection.
 */
export class LineReader {
  private parts: Buffer[] = []
  private size = 0
  private ends: { head: Buffer; tail: Buffer } | undefined

  constructor(
    private readonly maxBytes: number,
    private readonly listeners: LineListeners,
  ) {}

  push(bytes: Buffer): void {
    let start = 0
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      this.endLine(bytes.subarray(start, end))
      start = end + 1
    }
    if (start < bytes.length) this.keep(start === 0 ? bytes : bytes.subarray(start))
  }

  /** Ends the last line, which may have no line ending. */
  end(): void {
    this.endLine(Buffer.alloc(0))
  }

  private endLine(last: Buffer): void {
    // The usual case: the whole line arrived in one chunk.
    if (this.size === 0 && !this.ends && last.length <= this.maxBytes) {
      if (last.length > 0) this.listeners.onLine(last.toString())
      return
    }
    this.keep(last)
    const { ends, parts } = this
    this.parts = []
    this.size = 0
    this.ends = undefined
    if (ends) this.listeners.onLongLine({ head: `${ends.head}`, tail: `${ends.tail}` })
    else this.listeners.onLine(Buffer.concat(parts).toString())
  }

  private keep(piece: Buffer): void {
    if (this.ends) {
      this.ends.tail = Buffer.from(
        Buffer.concat([this.ends.tail, piece.subarray(-keptBytes)]).subarray(-keptBytes),
      )
      return
    }
    this.parts.push(piece)
    this.size += piece.length
    if (this.size <= this.maxBytes) return
    const line = Buffer.concat(this.parts)
    // These are copies, because a view would keep the whole line in memory.
    this.ends = {
      head: Buffer.from(line.subarray(0, keptBytes)),
      tail: Buffer.from(line.subarray(-keptBytes)),
    }
    this.parts = []
  }
}

const text = '"(?:[^"\\\\]|\\\\.)*"'
const plainMember = `"(?:jsonrpc|method|id)"\\s*:\\s*(?:${text}|-?\\d+)`
// Quotes within a JSON string are escaped, so neither pattern can match inside the params.
const beforeParams = new RegExp(`^\\s*\\{\\s*(?:${plainMember}\\s*,\\s*)+`)
const afterParams = new RegExp(`\\}\\s*(?:,\\s*${plainMember}\\s*)+\\}\\s*$`)

/** Reads the id and the method of a request from the two ends of its line. */
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
