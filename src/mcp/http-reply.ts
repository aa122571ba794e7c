import type { ServerResponse } from 'node:http'
import type { ErrorCode } from '../agent/error-codes.js'

/** JSON-RPC's "invalid request", for what is turned away before any request was read. */
const invalidRequest = -32600

/** Answers with an error that both a JSON-RPC client and a person can read. */
export function refuse(
  response: ServerResponse,
  status: number,
  { code, message, hint }: { code: ErrorCode; message: string; hint: string },
  rpcCode = invalidRequest,
): void {
  const data = { code, message, retryable: false, hint }
  const error = { code: rpcCode, message: `${message} ${hint}`, data }
  replyJson(response, status, { jsonrpc: '2.0', error, id: null })
}

export function replyJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
