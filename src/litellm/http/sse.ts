/**
 * Yields the data of the events of a server-sent event stream, grouped by the piece that completes
 * them. An event may be split between pieces. Comments, event names, ids, retry times and events
 * without data are skipped, because relays send them to keep a connection open. Lines end in LF,
 * CRLF or CR.
 *
 * @param start the part of the stream that was already read
 */
export async function* eventData(
  pieces: AsyncIterable<string>,
  start = '',
): AsyncGenerator<string[]> {
  const reader = new EventReader()
  const first = start === '' ? [] : reader.push(start)
  if (first.length > 0) yield first
  for await (const piece of pieces) {
    const complete = reader.push(piece)
    if (complete.length > 0) yield complete
  }
  const last = reader.end()
  if (last !== undefined) yield [last]
}

const space = 0x20
const lineEnd = /\r\n|\n|\r/

class EventReader {
  private data: string | undefined
  /** Holds the start of a line whose end has not arrived. */
  private rest = ''
  /** Whether `rest` ends in a CR, which may be the first half of a CRLF. */
  private held = false

  /** Returns the data of the events that a piece completes. */
  push(piece: string): string[] {
    const complete: string[] = []
    for (const line of this.lines(piece)) {
      if (line === '') {
        if (this.data?.trim()) complete.push(this.data)
        this.data = undefined
      } else if (line.startsWith('data:')) {
        const value = line.charCodeAt(5) === space ? line.slice(6) : line.slice(5)
        this.data = this.data === undefined ? value : `${this.data}\n${value}`
      } else if (line.startsWith('error:')) {
        // Old llama.cpp servers report an error in a field of this name.
        complete.push(`{"error":${line.slice(6)}}`)
      }
    }
    return complete
  }

  /**
   * Returns the data of a last event without an empty line. Either the event was truncated or the
   * server omits the line.
   */
  end(): string | undefined {
    const line = this.rest.endsWith('\r') ? this.rest.slice(0, -1) : this.rest
    if (line.startsWith('data:')) this.data = line.slice(5).trimStart()
    return this.data?.trim() ? this.data : undefined
  }

  private lines(piece: string): string[] {
    // Reading the whole of a long line again for each piece of it would take quadratic time.
    if (!this.held && !piece.includes('\n') && !piece.includes('\r')) {
      this.rest += piece
      return []
    }
    let text = this.rest + piece
    this.held = text.endsWith('\r')
    if (this.held) text = text.slice(0, -1)
    const lines = text.includes('\r') ? text.split(lineEnd) : text.split('\n')
    this.rest = (lines.pop() ?? '') + (this.held ? '\r' : '')
    return lines
  }
}
