import { isJsonObject, type JsonObject } from '../../util/json.js'

/** The header by which a 2025 client names its session with each request. */
export const sessionHeader = 'mcp-session-id'

/**
 * Returns the key by which a call can be cancelled with another HTTP request, or `undefined` if the
 * client names no session. Request ids alone are not enough: every client counts 1, 2, 3.
 */
export function callId(
  principal: string,
  session: string | string[] | undefined,
  requestId: unknown,
): string | undefined {
  return typeof session === 'string' ? JSON.stringify([principal, session, requestId]) : undefined
}

/** Returns the key of the call that a message cancels, or `undefined` if it cancels none. */
export function cancelledCall(
  { method, params }: JsonObject,
  principal: string,
  session: string | string[] | undefined,
): string | undefined {
  if (method !== 'notifications/cancelled') return undefined
  return callId(principal, session, isJsonObject(params) ? params.requestId : undefined)
}
