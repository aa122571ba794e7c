import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client'

/** How a server was lost in a call: before it received the call, or at an unknown time. */
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

/** Returns `undefined` if the call failed but the server is still connected. */
export function lossOf(error: unknown): Loss | undefined {
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.NotConnected) return 'unsent'
    if (error.code === SdkErrorCode.ConnectionClosed) return 'unknown'
    // The server does not know the session, because it was restarted.
    return statusOf(error) === 404 ? 'unsent' : undefined
  }
  const code = systemCode(error)
  if (code === undefined) return undefined
  return neverReached.has(code) ? 'unsent' : 'unknown'
}

function statusOf({ data }: SdkError): unknown {
  return typeof data === 'object' && data !== null && 'status' in data ? data.status : undefined
}

/** Returns the code of a system or HTTP error, also if `fetch` wraps it. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]|UND_)/.test(error.code))
    return error.code
  return systemCode(error.cause)
}
