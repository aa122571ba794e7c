/**
 * The data of the events of a server-sent event stream, however it is cut into pieces: what each
 * piece completes, together. Comments, event names, ids and retry times are passed over; lines end
 * in LF, CRLF or CR.
 */
export async function* eventData(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  const lines = new LineSplitter()
  let data: string | undefined
  for await (const piece of pieces) {
    const complete: string[] = []
    for (const line of lines.push(piece)) {
      if (line === '') {
        if (data !== undefined) complete.push(data)
        data = undefined
      } else if (line.startsWith('data:')) {
        const value = line.charCodeAt(5) === space ? line.slice(6) : line.slice(5)
        data = data === undefined ? value : `${data}\n${value}`
      }
    }
    if (complete.length > 0) yield complete
  }
  // A last event without its empty line was cut off, or is a sloppy server's: what it holds tells.
  const rest = lines.end()
  if (rest?.startsWith('data:')) data = rest.slice(5).trimStart()
  if (data !== undefined) yield [data]
}

const space = 0x20
const lineEnd = /\r\n|\n|\r/

class LineSplitter {
  private rest = ''

  push(piece: string): string[] {
    let text = this.rest + piece
    // A CR at the very end may be half of a CRLF.
    const held = text.endsWith('\r') ? '\r' : ''
    if (held) text = text.slice(0, -1)
    const lines = text.includes('\r') ? text.split(lineEnd) : text.split('\n')
    this.rest = (lines.pop() ?? '') + held
    return lines
  }

  end(): string | undefined {
    const line = this.rest.endsWith('\r') ? this.rest.slice(0, -1) : this.rest
    return line === '' ? undefined : line
  }
}
