import type { IncomingMessage, ServerResponse } from 'node:http'
import { sessionHeader } from '../client/call-id.js'
import { costHeader, depthHeader } from '../client/passed-budget.js'
import { versionHeader } from './protocol-version.js'

/** The value of the header Allow. */
export const allowedMethods = 'POST, OPTIONS'
/** A page may also try the methods of sessions, to read the response that there are none. */
const readableMethods = 'POST, GET, DELETE, OPTIONS'
/** The headers that clients of either era send, and those that this server reads. */
const requestHeaders = [
  ...['authorization', 'content-type', 'accept', 'last-event-id'],
  ...[versionHeader, sessionHeader, 'mcp-method', 'mcp-name'],
  ...['traceparent', 'tracestate', 'baggage', costHeader, depthHeader],
]
const exposedHeaders = [sessionHeader, versionHeader, 'www-authenticate', 'retry-after'].join(', ')
const headerName = /^[\w!#$%&'*+.^`|~-]{1,100}$/
const maxAgeSeconds = 600

/** Lets a page of an origin read the response, errors included. */
export function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', exposedHeaders)
  response.setHeader('vary', 'Origin')
}

/**
 * Answers the preflight request that a browser sends before a page's request. Browsers send it
 * without a token, so it is answered before authentication. A page of an allowed origin may send
 * any header; what counts is the token.
 */
export function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('allow', allowedMethods)
  if (headers.origin) {
    const asked = (headers['access-control-request-headers'] ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
      .filter((name) => headerName.test(name))
    response.setHeader('access-control-allow-methods', readableMethods)
    response.setHeader(
      'access-control-allow-headers',
      [...new Set([...requestHeaders, ...asked])].join(', '),
    )
    response.setHeader('access-control-max-age', maxAgeSeconds)
    if (headers['access-control-request-private-network'] === 'true')
      response.setHeader('access-control-allow-private-network', 'true')
  }
  response.writeHead(204)
  response.end()
}
