import type { AgentError, AgentErrorInit } from '../../agent/errors.js'

/** An AgentError as plain data, whole enough to be made again. */
export type ErrorRecord = Omit<AgentErrorInit, 'cause'>

export function errorRecord(error: AgentError): ErrorRecord {
  const { code, message, hint, retryable, status, retryAfterMs, unsent, text, spent } = error
  return {
    code,
    message,
    hint,
    retryable,
    unsent,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(text !== undefined && { text }),
    ...(spent && { spent }),
  }
}
