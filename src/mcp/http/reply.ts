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

export function replyJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
