import type * as Http from 'node:http'
import type * as Https from 'node:https'

/** Enough for a thousand runs at once towards one provider; more wait for a free one. */
const maxSockets = 1024
const idleMs = 60_000

interface Requester {
  request: typeof Http.request
  agent: Http.Agent
}

const requesters = new Map<string, Requester>()

/** How requests of a scheme are made, over connections that stay open between them. */
export function requesterFor({ protocol }: Pick<URL, 'protocol'>): Requester {
  let requester = requesters.get(protocol)
  if (!requester) {
    // Importing these costs tens of milliseconds; asking for what is loaded does not.
    const http =
      protocol === 'https:'
        ? (process.getBuiltinModule('node:https') as typeof Https)
        : process.getBuiltinModule('node:http')
    // With an idle time of its own an agent also heeds the server's, and is not cut off in mid-request.
    const agent = new http.Agent({
      keepAlive: true,
      maxSockets,
      scheduling: 'lifo',
      timeout: idleMs,
    })
    requester = { request: http.request, agent }
    requesters.set(protocol, requester)
  }
  return requester
}
