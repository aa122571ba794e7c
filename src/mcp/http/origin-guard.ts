import type { IncomingMessage, ServerResponse } from 'node:http'
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node'
import { type HttpConfig, isLoopback } from '../../config/http.js'

/** Whether a request may go on; where not, it has been answered. */
export type Guard = (request: IncomingMessage, response: ServerResponse) => boolean

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/**
 * Keeps web pages out: one that a browser shows may reach this server under a name of its own
 * (DNS rebinding) or send an Origin. Off loopback a server goes by names we cannot know; there the
 * token, which is then required, keeps such pages out, and `allowedHosts` is checked if given.
 */
export function webPageGuard({ host, allowedHosts, allowedOrigins, oauth }: HttpConfig): Guard {
  const checkOrigin = originValidation([...loopbackNames, ...allowedOrigins])
  const known = [...loopbackNames, isIPv6(host) ? `[${host}]` : host, ...allowedHosts]
  if (oauth) known.push(new URL(oauth.resource).hostname)
  const checkHost = hostHeaderValidation(known)
  const anyHost = !isLoopback(host) && allowedHosts.length === 0
  return (request, response) =>
    (anyHost || checkHost(request, response)) && checkOrigin(request, response)
}

function isIPv6(host: string): boolean {
  return host.includes(':')
}
