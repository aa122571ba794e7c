import type { ServerResponse } from 'node:http'
import type { ErrorData } from '../../agent/errors.js'

/** JSON-RPC's "invalid request", for what is turned away before any request was read. */
const invalidRequest = -32600

/** Answers with an error that both a JSON-RPC client and a person can read. */
export function refuse(
  response: ServerResponse,
  status: number,
  {
    code,
    message,
    hint,
    retryable = false,
  }: Omit<ErrorData, 'retryable'> & { retryable?: boolean },
  rpcCode = invalidRequest,
): void {
  const data: ErrorData = { code, message, retryable, hint }
  const error = { code: rpcCode, message: `${message} ${hint}`, data }
  replyJson(response, status, { jsonrpc: '2.0', error, id: null })
}

/** For callers that are faster than they may be. */
export function refuseForNow(response: ServerResponse, perMinute: number, waitMs: number): void {
  const seconds = Math.ceil(waitMs / 1000)
  response.setHeader('retry-after', seconds)
  refuse(response, 429, {
    code: 'rateLimit',
    message: `You may send ${perMinute} requests a minute.`,
    hint: `Try again in ${seconds} s.`,
    retryable: true,
  })
}

/** For a message that has no answer. */
export function accept(response: ServerResponse): void {
  response.writeHead(202)
  response.end()
}

export function replyJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
