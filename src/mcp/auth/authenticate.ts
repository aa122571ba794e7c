import { bearerTokenCharacters } from '../../config/bearer-token.js'
import type { HttpConfig } from '../../config/http.js'
import type { HttpAccess } from './access.js'
import { type AuthRefusal, type AuthResult, invalidToken } from './auth-result.js'
import { namedTokens } from './named-tokens.js'
import { oauthTokens } from './oauth.js'

/** Returns the caller that an `Authorization` header identifies, or the reason for refusing it. Never throws. */
export type Authenticate = (authorization: string | undefined) => AuthResult | Promise<AuthResult>

const bearer = new RegExp(`^Bearer +(${bearerTokenCharacters}+) *$`, 'i')

const hint =
  'Send the header Authorization: Bearer <token>, with a token that the server was started with.'
const noToken: AuthRefusal = { status: 401, message: 'A bearer token is needed.', hint }
const wrongToken = invalidToken('The bearer token is not valid.', hint)

export function authentication(http: HttpConfig, access: HttpAccess): Authenticate {
  if (access === 'open') return () => ({ principal: 'anonymous' })
  const principalOf = namedTokens(http, access.generatedToken)
  const verify = http.oauth && oauthTokens(http.oauth)
  return (authorization = '') => {
    const token = bearer.exec(authorization)?.[1]
    if (token === undefined) return noToken
    const principal = principalOf(token)
    if (principal !== undefined) return { principal }
    return verify ? verify(token) : wrongToken
  }
}
