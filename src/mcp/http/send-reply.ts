import type { ServerResponse } from 'node:http'
import { errorResponse, type RpcError, rpcCodes } from '../jsonrpc/error-response.js'
import { readableBytes, readableJson } from '../jsonrpc/json-text.js'
import type { Reply } from './format-reply.js'

/** Refuses a request with an error that both a JSON-RPC client and a person can read. */
export function refuse(
  response: ServerResponse,
  status: number,
  error: RpcError,
  rpcCode: number = rpcCodes.invalidRequest,
): void {
  sendJson(response, status, errorResponse(null, rpcCode, error))
}

/** Refuses a request of a caller that sends more requests than it may. */
export function rateLimited(response: ServerResponse, perMinute: number, waitMs: number): void {
  const seconds = Math.ceil(waitMs / 1000)
  response.setHeader('retry-after', seconds)
  refuse(response, 429, {
    code: 'rateLimit',
    message: `You may send ${perMinute} requests per minute.`,
    hint: `Try again in ${seconds} s.`,
    retryable: true,
  })
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = readableJson(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** Sends a reply, in step with the client's reading. Stops when the client disconnects. */
export async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  if (response.destroyed) return
  const { status, headers, body } = reply
  if (typeof body === 'string') {
    const text = readableJson(body)
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
    response.end(text)
    return
  }
  response.writeHead(status, headers)
  if (body) await sendStream(response, body)
  response.end()
}

async function sendStream(
  response: ServerResponse,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const chunk of body) {
      if (response.destroyed) return
      if (!response.write(readableBytes(chunk))) await drained(response)
    }
  } catch {
    // The source of the stream has failed or was stopped, so the stream ends here.
  }
}

/** Resolves when the client has read enough, or has disconnected. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}
