/** Who calls, or why they are turned away. */
export type AuthResult = { principal: string } | AuthRefusal

export interface AuthRefusal {
  /** 401: nobody we know; 403: known, but not let in; 503: cannot be told now. */
  status: 401 | 403 | 503
  /** OAuth's word for it (RFC 6750); none where no token came. */
  error?: 'invalid_token' | 'insufficient_scope'
  message: string
  hint: string
}

export function invalidToken(message: string, hint: string): AuthRefusal {
  return { status: 401, error: 'invalid_token', message, hint }
}
