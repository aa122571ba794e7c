import { type HostAndPort, isExempt, isThisMachine } from './no-proxy.js'

/** Describes an HTTP proxy that an environment variable names. */
export interface HttpProxy {
  readonly host: string
  readonly port: number
  /** True if the connection to the proxy itself uses TLS. */
  readonly tls: boolean
  /** The value of `Proxy-Authorization`; `undefined` if the URL has no user name. */
  readonly authorization: string | undefined
  /** The variable that names it, such as `HTTPS_PROXY`. */
  readonly source: string
  /** The address without credentials, for messages. */
  readonly address: string
  /** Identifies the proxy and its credentials. It must not be shown. */
  readonly key: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reports a proxy variable whose value cannot be used. The message does not quote the value. */
export class ProxySettingError extends Error {
  readonly code = 'ERR_PROXY_SETTING'

  constructor(
    readonly source: string,
    problem: string,
  ) {
    super(`${source} ${problem}.`)
  }
}

/**
 * Returns the proxy for a URL, or `undefined` if the connection is direct. `HTTPS_PROXY` is for
 * https, `HTTP_PROXY` for http, `ALL_PROXY` for both, `NO_PROXY` lists the exceptions; each may be
 * in lower case, which has priority. This machine is always reached directly.
 */
export function proxyFor(url: URL, env: Environment = process.env): HttpProxy | undefined {
  const target = targetOf(url)
  if (isThisMachine(target.host)) return undefined
  const found = proxyVariable(url.protocol, env)
  return found && !isExempt(target, noProxyOf(env)) ? parsedProxy(found) : undefined
}

/** Returns the proxy for a protocol, such as `https:`, and ignores `NO_PROXY`. */
export function namedProxy(protocol: string, env: Environment): HttpProxy | undefined {
  const found = proxyVariable(protocol, env)
  return found && parsedProxy(found)
}

export function noProxyOf(env: Environment): string {
  return variable('NO_PROXY', env)?.value ?? ''
}

function proxyVariable(protocol: string, env: Environment): Variable | undefined {
  return (
    variable(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', env) ??
    variable('ALL_PROXY', env)
  )
}

/** Returns the host and port that a URL names. */
export function targetOf({ hostname, port, protocol }: URL): HostAndPort {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase()
  return { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
}

interface Variable {
  name: string
  value: string
}

/** A variable in lower case replaces the one in upper case, even if it is empty. */
function variable(name: string, env: Environment): Variable | undefined {
  const lower = name.toLowerCase()
  const used = env[lower] === undefined ? name : lower
  const value = env[used]?.trim()
  return value ? { name: used, value } : undefined
}

/** The cache has no size limit, because few proxies are in use and their settings rarely change. */
const parsed = new Map<string, HttpProxy>()

function parsedProxy({ name, value }: Variable): HttpProxy {
  const key = `${name} ${value}`
  let proxy = parsed.get(key)
  if (!proxy) {
    proxy = parseProxy(name, value, key)
    if (parsed.size > 100) parsed.clear()
    parsed.set(key, proxy)
  }
  return proxy
}

function parseProxy(source: string, value: string, key: string): HttpProxy {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.hostname === '') throw new ProxySettingError(source, 'is not a valid URL')
  if (!/^https?:$/.test(url.protocol))
    throw new ProxySettingError(
      source,
      `names a proxy of the kind ${url.protocol.slice(0, -1)}, and only http and https proxies are supported`,
    )
  const { host, port } = targetOf(url)
  return {
    host,
    port,
    tls: url.protocol === 'https:',
    authorization: url.username === '' ? undefined : basicAuthorization(url),
    source,
    address: `${url.protocol}//${url.hostname}:${port}`,
    key,
  }
}

/** The value of an `Authorization` header for the user name and password in a URL. */
export function basicAuthorization({ username, password }: URL): string {
  const pair = `${decoded(username)}:${decoded(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

/** Decodes percent escapes. A text with an invalid escape is returned unchanged. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
