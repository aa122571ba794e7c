import type { AgentError, AgentErrorInit } from '../../agent/errors.js'

/** Returns an AgentError as plain data, from which the error can be recreated. */
export function errorInit(error: AgentError): AgentErrorInit {
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
