/** A host name, an IPv4 address, or an IPv6 address in brackets. */
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i
const anyHostPattern = /^[a-z][a-z0-9+.-]*:\/\/\*$/i

/** Returns what is wrong with an entry of http.allowedHosts, or `undefined`. */
export function hostProblem(entry: string): string | undefined {
  if (hostPattern.test(entry)) return undefined
  return 'must be a host name such as app.example, without a scheme, port or path'
}

/** Returns what is wrong with an entry of http.allowedOrigins, or `undefined`. */
export function originProblem(entry: string): string | undefined {
  if (entry === '*' || entry.toLowerCase() === 'null')
    return `must name each origin: "${entry}" would let every web page in`
  if (hostPattern.test(entry) || anyHostPattern.test(entry)) return undefined
  if (entry.includes('://') && isOrigin(entry)) return undefined
  return 'must be an origin such as https://app.example, or a host name such as app.example'
}

/**
 * Returns a function that says whether an Origin header is allowed. An entry is a full origin; or a
 * host name, for every scheme and port; or a scheme with any host, such as `vscode-webview://*`.
 */
export function originMatcher(entries: readonly string[]): (origin: string) => boolean {
  const known = new Set(entries.map((entry) => originOf(entry)?.origin ?? entry.toLowerCase()))
  return (header) => {
    const found = originOf(header)
    if (!found) return false
    const { hostname, origin, protocol } = found
    return (
      known.has(origin) || known.has(hostname) || (!isWeb(protocol) && known.has(`${protocol}//*`))
    )
  }
}

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.host === '' || url.host.includes('*')) return false
  const { hash, password, pathname, search, username } = url
  return (pathname === '' || pathname === '/') && `${hash}${password}${search}${username}` === ''
}

/** The parts of an origin in their usual spelling; the URL class has no origin for other schemes than http's. */
function originOf(text: string) {
  if (!text.includes('://') || !isOrigin(text)) return undefined
  const { host, hostname, protocol } = new URL(text)
  return {
    origin: `${protocol}//${host}`.toLowerCase(),
    hostname: hostname.toLowerCase(),
    protocol,
  }
}

function isWeb(protocol: string): boolean {
  return protocol === 'http:' || protocol === 'https:'
}
