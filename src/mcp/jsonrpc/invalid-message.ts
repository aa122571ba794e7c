import { isJsonObject, type JsonObject } from '../../util/json.js'
import { wrongEnvelope } from './envelope.js'
import { errorResponse, type RpcErrorResponse, rpcCodes } from './error-response.js'
import {
  isId,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
} from './message-kinds.js'

export interface InvalidMessage {
  /** The error response for the sender. */
  response: RpcErrorResponse
  /** True for a notification or a response: over stdio, JSON-RPC does not answer them. */
  silent: boolean
}

/** Limits the length of an id, because every response and notification repeats it. */
const maxIdLength = 1_000
const members = new Set(['jsonrpc', 'id', 'method', 'params'])
const relatedTask = 'io.modelcontextprotocol/related-task'

/** For text that is not JSON. */
export function notJson(): InvalidMessage {
  return invalid(
    undefined,
    rpcCodes.parseError,
    'The message is not valid JSON.',
    'Send one JSON-RPC message.',
  )
}

/** Returns what makes a message invalid JSON-RPC, or `undefined` if it is valid. */
export function invalidMessage(value: unknown): InvalidMessage | undefined {
  if (isValid(value))
    return isJsonObject(value) ? (longId(value) ?? invalidEnvelope(value)) : undefined
  if (!isJsonObject(value) || value.jsonrpc !== '2.0')
    return invalid(
      value,
      rpcCodes.invalidRequest,
      'The message is not a JSON-RPC 2.0 message.',
      'Send an object with jsonrpc "2.0", an id, a method and params.',
    )
  const { id, method, params } = value
  if (method === undefined)
    return invalid(
      value,
      rpcCodes.invalidRequest,
      'The message is neither a request nor a valid response.',
      'Send an object with jsonrpc "2.0", an id, a method and params.',
    )
  if (typeof method !== 'string')
    return invalid(
      value,
      rpcCodes.invalidRequest,
      'The method is not a string.',
      'Send the name of the method as a string.',
    )
  if (id !== undefined && !isId(id))
    return invalid(
      value,
      rpcCodes.invalidRequest,
      'The id is not a string or an integer.',
      'Send a string or an integer as id, or no id in a notification.',
    )
  const unknown = Object.keys(value).find((name) => !members.has(name))
  if (unknown !== undefined)
    return invalid(
      value,
      rpcCodes.invalidRequest,
      `The message has the unknown member ${JSON.stringify(unknown.slice(0, 100))}.`,
      'Send only jsonrpc, id, method and params.',
    )
  return invalid(value, rpcCodes.invalidParams, wrongParams(params), 'Correct the params.')
}

function isValid(value: unknown): boolean {
  return (
    isJSONRPCRequest(value) ||
    isJSONRPCNotification(value) ||
    isJSONRPCResultResponse(value) ||
    isJSONRPCErrorResponse(value)
  )
}

function longId({ id }: JsonObject): InvalidMessage | undefined {
  if (typeof id !== 'string' || id.length <= maxIdLength) return undefined
  return invalid(
    undefined,
    rpcCodes.invalidRequest,
    `The id of the message is longer than ${maxIdLength} characters.`,
    'Use a number or a short string as id.',
  )
}

function invalidEnvelope(message: JsonObject): InvalidMessage | undefined {
  const meta = isJsonObject(message.params) ? message.params._meta : undefined
  const wrong = isJsonObject(meta) ? wrongEnvelope(meta) : undefined
  if (wrong === undefined) return undefined
  return invalid(message, rpcCodes.invalidParams, wrong, 'Correct the param _meta.')
}

/** Says what makes params invalid for every method. */
function wrongParams(params: unknown): string {
  if (!isJsonObject(params)) return 'The params must be an object.'
  const { _meta: meta } = params
  if (!isJsonObject(meta)) return 'The param _meta must be an object.'
  return meta.progressToken !== undefined && !isId(meta.progressToken)
    ? 'The member progressToken of _meta must be a string or an integer.'
    : `The member ${relatedTask} of _meta must be an object with a taskId.`
}

function invalid(value: unknown, code: number, message: string, hint: string): InvalidMessage {
  const { id, method, result, error } = isJsonObject(value) ? value : {}
  const known = method !== undefined && isId(id) ? id : null
  const isNotification = typeof method === 'string' && id === undefined
  const isResponse = method === undefined && (result !== undefined || error !== undefined)
  return {
    response: errorResponse(known, code, { code: 'invalidRequest', message, hint }),
    silent: isNotification || isResponse,
  }
}
