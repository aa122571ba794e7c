import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client'

/** A server was lost in a call: before it had the call, or at a time nobody knows. */
export type Loss = 'unsent' | 'unknown'

const neverReached = new Set([
  'EPIPE',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** `undefined`: the server is there, and it is the call that failed. */
export function lossOf(error: unknown): Loss | undefined {
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.NotConnected) return 'unsent'
    if (error.code === SdkErrorCode.ConnectionClosed) return 'unknown'
    // The server has forgotten the session, as it does when it is started again.
    return statusOf(error) === 404 ? 'unsent' : undefined
  }
  const code = systemCode(error)
  if (code === undefined) return undefined
  return neverReached.has(code) ? 'unsent' : 'unknown'
}

function statusOf({ data }: SdkError): unknown {
  return typeof data === 'object' && data !== null && 'status' in data ? data.status : undefined
}

/** The code of the operating system's or the HTTP client's error, also where `fetch` wraps it. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]|UND_)/.test(error.code))
    return error.code
  return systemCode(error.cause)
}
