/**
 * Describes how the end of a body is determined (RFC 9112, 6.3). A number is the length in bytes.
 */
export type Framing = number | 'chunked' | 'untilClose'

export interface ReplyHead {
  status: number
  /** Maps lower-case names to values. Values of the same name are joined with a comma. */
  headers: ReadonlyMap<string, string>
  framing: Framing
  /** Whether the connection can be used for another request after this reply. */
  keepAlive: boolean
}

/**
 * Reports a response that is not valid or trustworthy HTTP/1.1. `code` is a system error code, as
 * for other failures.
 */
export class ReplyError extends Error {
  readonly code = 'EPROTO'
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/
const headerName = /^[!#$%&'*+.^_`|~\w-]+$/
const headerEnd = /\r?\n/

/** Parses the status line and headers of a reply, without the empty line after them. */
export function parseReplyHead(text: string): ReplyHead {
  const [first = '', ...lines] = text.split(headerEnd)
  const [, minor, code] = statusLine.exec(first) ?? bad('status line')
  const status = Number(code)
  const headers = new Map<string, string>()
  let name = ''
  for (const line of lines) {
    // Old servers continue a value on the next line.
    if (name !== '' && (line[0] === ' ' || line[0] === '\t')) {
      headers.set(name, `${headers.get(name)} ${line.trim()}`)
      continue
    }
    const colon = line.indexOf(':')
    name = line.slice(0, colon).toLowerCase()
    if (colon === -1 || !headerName.test(name)) bad('header')
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  const framing = framingOf(status, headers)
  return { status, headers, framing, keepAlive: staysOpen(minor === '1', headers, framing) }
}

function framingOf(status: number, headers: ReadonlyMap<string, string>): Framing {
  if (status < 200 || status === 204 || status === 304) return 0
  const coding = headers.get('transfer-encoding')
  if (coding !== undefined) return /(^|,)\s*chunked$/i.test(coding) ? 'chunked' : 'untilClose'
  const told = headers.get('content-length')
  if (told === undefined) return 'untilClose'
  const [length = told, ...others] = told.includes(',')
    ? told.split(',').map((one) => one.trim())
    : []
  if (!/^\d{1,15}$/.test(length) || others.some((other) => other !== length)) bad('content-length')
  return Number(length)
}

function staysOpen(
  isHttp11: boolean,
  headers: ReadonlyMap<string, string>,
  framing: Framing,
): boolean {
  // If two headers define the end of the body, the data after the body may be injected.
  if (headers.has('transfer-encoding') && headers.has('content-length')) return false
  const connection = headers.get('connection')?.toLowerCase() ?? ''
  return (
    framing !== 'untilClose' &&
    (isHttp11 ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection))
  )
}

function bad(what: string): never {
  throw new ReplyError(`The reply has no valid ${what}.`)
}
