/** The caller, or the reason for refusing it. */
export type AuthResult = { principal: string } | AuthRefusal

export interface AuthRefusal {
  /** 401: the token is missing or invalid; 403: it lacks a scope; 503: it cannot be checked now. */
  status: 401 | 403 | 503
  /** The OAuth error code (RFC 6750); undefined if the request has no token. */
  error?: 'invalid_token' | 'insufficient_scope'
  message: string
  hint: string
}

export function invalidToken(message: string, hint: string): AuthRefusal {
  return { status: 401, error: 'invalid_token', message, hint }
}
