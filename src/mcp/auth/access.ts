import { configurationError } from '../../agent/errors.js'
import { type HttpConfig, isLoopback } from '../../config/http.js'

/** How callers authenticate: with a token, which is generated if none is configured, or not at all. */
export type HttpAccess = { generatedToken?: string } | 'open'

/** Returns how callers authenticate. Throws `configuration` if a network could reach an open server. */
export function httpAccess(http: HttpConfig, noAuth: boolean, newToken: () => string): HttpAccess {
  const { host } = http
  if (!isLoopback(host)) {
    if (noAuth)
      throw configurationError(
        `--no-auth is refused on ${host}, which other machines can reach.`,
        'Set LITELLM_AGENTS_AUTH_TOKEN and leave --no-auth out, or listen on 127.0.0.1.',
      )
    if (!hasAuthentication(http))
      throw configurationError(
        `Listening on ${host}, which other machines can reach, needs a token.`,
        'Set LITELLM_AGENTS_AUTH_TOKEN to a long random text, or http.principals or http.oauth in the configuration file, or listen on 127.0.0.1.',
      )
  }
  if (noAuth) return 'open'
  return hasAuthentication(http) ? {} : { generatedToken: newToken() }
}

function hasAuthentication({ authToken, oauth, principals }: HttpConfig): boolean {
  const named = Object.values(principals).some(({ token, tokenSha256 }) => token ?? tokenSha256)
  return authToken !== undefined || oauth !== undefined || named
}
