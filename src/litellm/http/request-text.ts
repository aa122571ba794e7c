export interface PostHead {
  url: URL
  headers: Readonly<Record<string, string>>
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/
// What else there is would end the line, or has no place in one.
const notValue = /[^\t\x20-\x7e\x80-\xff]/
/** Said by us alone: they tell where the request ends. */
const ours = new Set(['connection', 'content-length', 'transfer-encoding'])

export function isHeaderName(name: string): boolean {
  return token.test(name)
}

/** The head of a POST, up to its body. A header that could end its line is an error. */
export function postHead({ url, headers }: PostHead, bodyBytes: number): string {
  const given = Object.entries(headers)
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  let head = `POST ${url.pathname}${url.search} HTTP/1.1\r\n`
  if (!names.has('host')) head += `host: ${url.host}\r\n`
  if (url.username !== '' && !names.has('authorization'))
    head += `authorization: Basic ${basic(url)}\r\n`
  for (const [name, value] of given) {
    if (!isHeaderName(name) || notValue.test(value)) throw new InvalidHeader(name)
    if (!ours.has(name.toLowerCase())) head += `${name}: ${value}\r\n`
  }
  return `${head}content-length: ${bodyBytes}\r\nconnection: keep-alive\r\n\r\n`
}

export class InvalidHeader extends TypeError {
  readonly code = 'ERR_INVALID_CHAR'
  constructor(name: string) {
    super(`The header ${JSON.stringify(name)} has a character that no header may have.`)
  }
}

function basic({ username, password }: URL): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return Buffer.from(pair).toString('base64')
}
