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
  /** The certificates to trust; `undefined` if the environment determines them. */
  verify?: Verify
  /** Limits how long the server may send nothing, before the head or within the body. */
  silenceMs?: number | undefined
}

export interface PostOptions extends RequestOptions {
  body: string
}

const pools = new Map<string, ConnectionPool>()

/**
 * Sends one POST request on a kept-alive connection, through the proxy that the environment sets
 * for the URL. Resolves with the head of the reply for any status. Rejects with the system's error
 * or a ProxyError if there is no reply. Rejects with the signal's reason after an abort. Redirects
 * are not followed, because a key is only for its configured address.
 */
export async function post(url: URL, options: PostOptions): Promise<HttpReply> {
  return request('POST', url, options)
}

/** Sends one GET request in the same way. */
export async function get(url: URL, options: RequestOptions): Promise<HttpReply> {
  return request('GET', url, options)
}

/** Loads what a connection to a URL needs, such as certificates. It does not open one. */
export function prepareConnections(url: URL, verify: Verify): void {
  process.getBuiltinModule(url.protocol === 'https:' ? 'node:tls' : 'node:net')
  poolOf(url, proxyFor(url), verify)
}

function request(
  method: 'GET' | 'POST',
  url: URL,
  { body, headers, signal, silenceMs, verify }: RequestOptions & { body?: string },
): Promise<HttpReply> {
  signal.throwIfAborted()
  const proxy = proxyFor(url)
  // For https, the proxy forwards an encrypted tunnel and received its credentials with CONNECT.
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
