import type { Connection } from './connection.js'
import { ConnectionPool } from './pool.js'
import { type HttpReply, IncomingReply } from './reply.js'
import { postHead } from './request-text.js'

export interface PostOptions {
  headers: Readonly<Record<string, string>>
  body: string
  signal: AbortSignal
}

const pools = new Map<string, ConnectionPool>()

/**
 * One POST on a kept-alive connection. Resolves with the reply's head, whatever its status; rejects
 * with the system's error where there is none, and with the signal's reason after an abort. Does
 * not follow redirects: a key goes to the address it was given for.
 */
export async function post(url: URL, { headers, body, signal }: PostOptions): Promise<HttpReply> {
  signal.throwIfAborted()
  const head = postHead({ url, headers }, Buffer.byteLength(body))
  return new Promise((resolve, reject) => {
    let connection: Connection | undefined
    const onAbort = () => {
      stopWaiting()
      if (connection) connection.abandon(reply, signal.reason)
      else reply.fail(signal.reason)
    }
    const onOver = () => signal.removeEventListener('abort', onAbort)
    const reply = new IncomingReply(resolve, reject, onOver, () => connection)
    signal.addEventListener('abort', onAbort)
    const stopWaiting = poolOf(url).take((free) => {
      connection = free
      free.send(head, body, reply)
    })
  })
}

function poolOf(url: URL): ConnectionPool {
  let pool = pools.get(url.origin)
  if (!pool) {
    pool = new ConnectionPool(url)
    pools.set(url.origin, pool)
  }
  return pool
}
