import type { AgentError, AgentErrorInit } from '../../agent/errors.js'

/** Holds an AgentError as plain data, from which the error can be recreated. */
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
