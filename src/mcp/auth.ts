import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { configurationError } from '../agent/errors.js'
import type { Config } from '../config/resolve.js'
import { isLoopback } from './guard.js'
import { refuse } from './http-reply.js'

/** How callers prove themselves: by this token, or not at all. */
export type HttpAccess = { token: string; generated: boolean } | 'open'

/** What access there is. Fails with `configuration` where a server would stand open to a network. */
export function httpAccess(
  { host, authToken }: Config['http'],
  noAuth: boolean,
  newToken: () => string,
): HttpAccess {
  if (!isLoopback(host)) {
    if (noAuth)
      throw configurationError(
        `--no-auth is refused on ${host}, which other machines can reach.`,
        'Set LITELLM_AGENTS_AUTH_TOKEN and leave --no-auth out, or listen on 127.0.0.1.',
      )
    if (authToken === undefined)
      throw configurationError(
        `Listening on ${host}, which other machines can reach, needs a token.`,
        'Set LITELLM_AGENTS_AUTH_TOKEN to a long random text, or listen on 127.0.0.1.',
      )
  }
  if (noAuth) return 'open'
  return authToken === undefined
    ? { token: newToken(), generated: true }
    : { token: authToken, generated: false }
}

/** Who may call over HTTP: whoever has the token, or everybody. */
export type Authenticate = (
  request: IncomingMessage,
  response: ServerResponse,
) => string | undefined

export const withoutAuthentication: Authenticate = () => 'anonymous'

/** Checks the bearer token; answers 401 itself, and then returns `undefined` in place of a principal. */
export function bearerAuthentication(token: string): Authenticate {
  const expected = digest(token)
  return (request, response) => {
    const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    // Digests are of one length, so that the comparison tells nothing of the token's.
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return 'token'
    const error = given === undefined ? '' : ' error="invalid_token"'
    response.setHeader('www-authenticate', `Bearer${error}`)
    refuse(response, 401, {
      code: 'authentication',
      message: given === undefined ? 'A bearer token is needed.' : 'The bearer token is not valid.',
      hint: 'Send the header Authorization: Bearer <token>, with the token the server was started with.',
    })
    return undefined
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
