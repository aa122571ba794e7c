import { type HttpProxy, proxyFor, targetOf } from '../../util/network/proxy.js'
import { ProxyError } from '../../util/network/proxy-error.js'
import { trustFor, type Verify, verifyFromEnvironment } from '../../util/network/trust.js'
import type { Connection } from './connection.js'
import { ConnectionPool } from './pool.js'
import { type HttpReply, IncomingReply } from './reply.js'
import { requestHead } from './request-text.js'

export interface RequestOptions {
  headers: Readonly<Record<string, string>>
  signal: AbortSignal
  /** Which certificates are trusted; `undefined` if the environment decides. */
  verify?: Verify
  /** The longest silence of the server, before the head or within the body. */
  silenceMs?: number | undefined
}

export interface PostOptions extends RequestOptions {
  body: string
}

const pools = new Map<string, ConnectionPool>()

/**
 * Sends one POST on a kept-alive connection, through the proxy that the environment names for the
 * URL. Resolves with the reply's head, whatever its status; rejects with the system's error or a
 * ProxyError if there is none, and with the signal's reason after an abort. Does not follow
 * redirects, because a key goes only to the address it was given for.
 */
export async function post(url: URL, options: PostOptions): Promise<HttpReply> {
  return request('POST', url, options)
}

/** Sends one GET in the same way. */
export async function get(url: URL, options: RequestOptions): Promise<HttpReply> {
  return request('GET', url, options)
}

function request(
  method: 'GET' | 'POST',
  url: URL,
  { body, headers, signal, silenceMs, verify }: RequestOptions & { body?: string },
): Promise<HttpReply> {
  signal.throwIfAborted()
  const proxy = proxyFor(url)
  // Over https the proxy sees only a tunnel, and got its credentials with CONNECT.
  const forwarder = url.protocol === 'https:' ? undefined : proxy
  const head = requestHead({ method, url, headers, proxy: forwarder }, body)
  const pool = poolOf(url, proxy, verify)
  return new Promise((resolve, reject) => {
    let connection: Connection | undefined
    const onAbort = () => {
      stopWaiting()
      if (connection) connection.abandon(reply, signal.reason)
      else reply.fail(signal.reason)
    }
    const onOver = () => signal.removeEventListener('abort', onAbort)
    const onHead = (complete: HttpReply) => {
      if (forwarder && complete.status === 407)
        connection?.abandon(reply, new ProxyError(forwarder, { status: 407 }))
      else resolve(complete)
    }
    const reply = new IncomingReply(onHead, reject, onOver, () => connection)
    signal.addEventListener('abort', onAbort)
    const stopWaiting = pool.take({
      use: (free) => {
        connection = free
        free.send(head, body ?? '', reply, silenceMs)
      },
      fail: (reason) => reply.fail(reason),
    })
  })
}

function poolOf(url: URL, proxy: HttpProxy | undefined, verify: Verify): ConnectionPool {
  const tls = url.protocol === 'https:'
  const trusted = tls ? (verify ?? verifyFromEnvironment()) : undefined
  const parts = [url.origin, proxy?.key, trusted, tls ? process.env.SSL_CERT_FILE : undefined]
  const key = parts.join(' ')
  let pool = pools.get(key)
  if (!pool) {
    const trust = tls || proxy?.tls ? trustFor(trusted) : {}
    pool = new ConnectionPool({ ...targetOf(url), tls, proxy, trust })
    pools.set(key, pool)
  }
  return pool
}
