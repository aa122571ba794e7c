import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node'
import { isJsonContentType } from '@modelcontextprotocol/server'
import { allowanceOf } from '../../policy/allowance.js'
import type { Authenticate } from '../auth/authenticate.js'
import { cancelledCall, clientHeader } from '../client/call-id.js'
import { openedSession } from '../client/session-id.js'
import type { Services } from '../services.js'
import type { Visit } from './access-log.js'
import { challenge } from './auth-challenge.js'
import { JsonBodies } from './body.js'
import type { Questions } from './client-requests.js'
import type { EventStreams } from './event-streams.js'
import { accept, refuseForNow } from './reply.js'
import { RequestRate } from './request-rate.js'

/** Lets those requests through to the protocol whose caller is known and within bounds, and whose body can be read. */
export function mcpRoute(
  { config, inFlight }: Services,
  authenticate: Authenticate,
  questions: Questions,
  streams: EventStreams,
  serveMcp: ReturnType<typeof toNodeHandler>,
): (request: IncomingMessage, response: ServerResponse, visit: Visit) => Promise<void> {
  const bodies = new JsonBodies(config.http.maxBodyBytes)
  const rate = new RequestRate()

  return async (request, response, visit) => {
    const verdict = authenticate(request.headers.authorization)
    // Waiting for what is there already would cost every request a turn.
    const caller = verdict instanceof Promise ? await verdict : verdict
    if (!('principal' in caller)) return challenge(response, caller, config.http.oauth)
    const { principal } = caller
    visit.principal = principal
    const { requestsPerMinute } = allowanceOf(principal, config)
    if (requestsPerMinute !== undefined) {
      const waitMs = rate.take(principal, requestsPerMinute)
      if (waitMs > 0) return refuseForNow(response, requestsPerMinute, waitMs)
    }
    // The token itself goes no further than this.
    const auth = { token: '', clientId: principal, scopes: [] }
    const authenticated = Object.assign(request, { auth }) as NodeIncomingMessageLike
    if (request.method !== 'POST' || !isJsonContentType(request.headers['content-type'] ?? null))
      return serveMcp(authenticated, response)
    const body = await bodies.read(request)
    if ('refused' in body) return bodies.refuse(response, body.refused)
    if (questions.answer(body.json, principal)) return accept(response)
    if (!streams.admit(body.json, principal, response)) return
    const cancelled = cancelledCall(body.json, principal, request.headers[clientHeader])
    if (cancelled) inFlight.cancel(cancelled.name, cancelled.reason)
    const session = openedSession(body.json)
    if (session !== undefined) response.setHeader(clientHeader, session)
    return serveMcp(authenticated, response, body.json)
  }
}
