import { basicAuthorization, type HttpProxy } from '../../util/network/proxy.js'

export interface RequestHead {
  method: 'GET' | 'POST'
  url: URL
  headers: Readonly<Record<string, string>>
  /** The proxy that forwards a request over plain http. */
  proxy?: HttpProxy | undefined
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/
// Matches characters that would end the header line or are not allowed in it.
const notValue = /[^\t\x20-\x7e\x80-\xff]/
/**
 * Lists the headers that only the client sets. They define the end of the request and the proxy
 * login.
 */
const ours = new Set(['connection', 'content-length', 'proxy-authorization', 'transfer-encoding'])

export function isHeaderName(name: string): boolean {
  return token.test(name)
}

/**
 * Returns the head of a request, up to its body. Throws if a header could end its line. A proxy
 * that forwards the request requires the full URL (RFC 9112, section 3.2.2) and its own
 * credentials.
 */
export function requestHead(
  { method, url, headers, proxy }: RequestHead,
  body: string | undefined,
): string {
  const given = Object.entries(headers)
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  let head = `${method} ${proxy ? url.origin : ''}${url.pathname}${url.search} HTTP/1.1\r\n`
  if (!names.has('host')) head += `host: ${url.host}\r\n`
  if (proxy?.authorization) head += `proxy-authorization: ${proxy.authorization}\r\n`
  if (url.username !== '' && !names.has('authorization'))
    head += `authorization: ${basicAuthorization(url)}\r\n`
  for (const [name, value] of given) {
    if (!isHeaderName(name) || notValue.test(value)) throw new InvalidHeader(name)
    if (!ours.has(name.toLowerCase())) head += `${name}: ${value}\r\n`
  }
  if (body !== undefined) head += `content-length: ${Buffer.byteLength(body)}\r\n`
  return `${head}connection: keep-alive\r\n\r\n`
}

export class InvalidHeader extends TypeError {
  readonly code = 'ERR_INVALID_CHAR'
  constructor(name: string) {
    super(`The header ${JSON.stringify(name)} has a character that no header may have.`)
  }
}
