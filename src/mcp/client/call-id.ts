import { isJsonObject } from '../../util/json.js'

/**
 * 2025 clients cancel over HTTP by a message of its own, which comes to a server of its own. The
 * header of their sessions says whose call is meant: ids alone are
 * the same 1, 2, 3 for all.
 */
export const clientHeader = 'mcp-session-id'

export function callName(
  principal: string,
  client: string | string[] | null | undefined,
  requestId: unknown,
): string | undefined {
  return typeof client === 'string' ? JSON.stringify([principal, client, requestId]) : undefined
}

/** The call that a message cancels. */
export function cancelledCall(
  message: unknown,
  principal: string,
  client: string | string[] | undefined,
): { name: string; reason: unknown } | undefined {
  if (!isJsonObject(message) || message.method !== 'notifications/cancelled') return undefined
  const { requestId, reason } = isJsonObject(message.params) ? message.params : {}
  const name = callName(principal, client, requestId)
  return name === undefined ? undefined : { name, reason }
}
