import type { ErrorData } from '../../agent/errors.js'

export const rpcCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  unsupportedVersion: -32022,
} as const

/** What an error response says. */
export type RpcError = Omit<ErrorData, 'retryable'> & { retryable?: boolean }

/** A JSON-RPC error response that both a program and a person can read. */
export interface RpcErrorResponse {
  jsonrpc: '2.0'
  /** Null if the id of the request is unknown. */
  id: string | number | null
  error: { code: number; message: string; data: ErrorData }
}

/** Returns an error response; `details` are further members of its data. */
export function errorResponse(
  id: string | number | null,
  rpcCode: number,
  { code, message, hint, retryable = false }: RpcError,
  details: object = {},
): RpcErrorResponse {
  const data = { code, message, retryable, hint, ...details }
  return { jsonrpc: '2.0', id, error: { code: rpcCode, message: `${message} ${hint}`, data } }
}
