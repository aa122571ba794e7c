import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuse } from './http-reply.js'

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
