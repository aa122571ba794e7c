import type { IncomingMessage, ServerResponse } from 'node:http'
import { validateHostHeader } from '@modelcontextprotocol/server'
import { type HttpConfig, isLoopback } from '../../config/http.js'
import { originMatcher } from '../../config/origins.js'
import { allowOrigin, answerPreflight } from './cors.js'
import { refuse } from './send-reply.js'

/** Returns whether to handle a request. If not, the guard has answered it. */
export type Guard = (request: IncomingMessage, response: ServerResponse) => boolean

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * Keeps foreign web pages out. A page can reach this server under a host name of its own (DNS
 * rebinding), or send requests with its Origin. Off loopback, the server's names are unknown, so
 * any Host is accepted unless `allowedHosts` is set; the token that is required there keeps pages
 * out. Pages of allowed origins get the CORS headers that let them read responses.
 */
export function originGuard(
  { host, allowedHosts, allowedOrigins, oauth }: HttpConfig,
  isSameOriginOnly: (request: IncomingMessage) => boolean,
): Guard {
  const isAllowed = originMatcher([...loopbackNames, ...allowedOrigins])
  const known = [...loopbackNames, host.includes(':') ? `[${host}]` : host, ...allowedHosts]
  if (oauth) known.push(new URL(oauth.resource).hostname)
  const hosts = known.map((name) => name.toLowerCase())
  const anyHost = !isLoopback(host) && allowedHosts.length === 0

  return (request, response) => {
    const { host: hostHeader, origin } = request.headers
    if (!anyHost && !validateHostHeader(hostHeader, hosts).ok)
      return refused(response, 'Host', hostHeader, 'http.allowedHosts')
    if (origin && !isAllowed(origin))
      return refused(response, 'Origin', origin, 'http.allowedOrigins')
    if (isSameOriginOnly(request)) return true
    if (origin) allowOrigin(response, origin)
    if (request.method !== 'OPTIONS') return true
    answerPreflight(request, response)
    return false
  }
}

function refused(
  response: ServerResponse,
  header: string,
  value: string | undefined,
  setting: string,
): false {
  refuse(response, 403, {
    code: 'permission',
    message: `The ${header} header ${JSON.stringify((value ?? '').slice(0, 100))} is not allowed.`,
    hint: `Ask the operator to add it to ${setting}.`,
  })
  return false
}
