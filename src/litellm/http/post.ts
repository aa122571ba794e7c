import type { IncomingMessage } from 'node:http'
import { requesterFor } from './connections.js'

export interface HttpReply {
  status: number
  headers: ReplyHeaders
  /** The body as it comes, decoded. Ends early with an error where the connection breaks. */
  body: AsyncIterable<string>
}

export interface PostOptions {
  headers: Readonly<Record<string, string>>
  body: string
  signal: AbortSignal
}

/**
 * One POST on a kept-alive connection. Resolves with the reply's head, whatever its status; rejects
 * with the system's error where there is none, and with the signal's reason after an abort. Does
 * not follow redirects: a key goes to the address it was given for.
 */
export function post(url: URL, options: PostOptions): Promise<HttpReply> {
  const { request, agent } = requesterFor(url)
  const { headers, body, signal } = options
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    const onAbort = () => sent.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    sent.once('close', () => signal.removeEventListener('abort', onAbort))
    sent.on('error', reject)
    sent.once('response', (reply) => resolve(replyOf(reply)))
    // A string goes out together with the head, in one write.
    sent.end(body)
  })
}

/** The part of `Headers` that is read; its whole class would have to be loaded and filled. */
export type ReplyHeaders = Pick<Headers, 'get'>

function replyOf(reply: IncomingMessage): HttpReply {
  reply.setEncoding('utf8')
  const get = (name: string) => {
    const value = reply.headers[name]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  }
  return { status: reply.statusCode ?? 0, headers: { get }, body: reply }
}

export async function textOf(body: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of body) text += piece
  return text
}
