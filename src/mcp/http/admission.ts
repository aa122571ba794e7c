import type { IncomingMessage, ServerResponse } from 'node:http'
import { isJsonContentType } from '@modelcontextprotocol/server'
import { allowanceOf } from '../../policy/allowance.js'
import { FairShare } from '../../util/fair-share.js'
import type { Authenticate } from '../auth/authenticate.js'
import type { Services } from '../services.js'
import { challenge } from './auth-challenge.js'
import { RequestBodies } from './body.js'
import { allowedMethods } from './cors.js'
import type { RequestLogEntry } from './request-log.js'
import { RequestRate } from './request-rate.js'
import { rateLimited, refuse } from './send-reply.js'

export interface Admitted {
  principal: string
  /** The body. */
  json: unknown
}

/**
 * Returns a function that admits the requests to the MCP endpoint whose caller is known and within
 * its limits, and whose body can be read. It answers any other request, and returns `undefined`.
 */
export function admission(
  { config }: Services,
  authenticate: Authenticate,
): (
  request: IncomingMessage,
  response: ServerResponse,
  log: RequestLogEntry,
) => Promise<Admitted | undefined> {
  const bodies = new RequestBodies(config.http.maxBodyBytes)
  const rate = new RequestRate()
  const calls = new FairShare(config.http.maxConnections)

  return async (request, response, log) => {
    const result = authenticate(request.headers.authorization)
    // An await costs a turn of the event loop, and most results are there already.
    const caller = result instanceof Promise ? await result : result
    if (!('principal' in caller)) {
      challenge(response, caller, config.http.oauth)
      return undefined
    }
    const { principal } = caller
    log.principal = principal
    const { requestsPerMinute } = allowanceOf(principal, config)
    const isLimited = (count: number): boolean => {
      if (requestsPerMinute === undefined) return false
      const waitMs = rate.take(principal, requestsPerMinute, count)
      if (waitMs > 0) rateLimited(response, requestsPerMinute, waitMs)
      return waitMs > 0
    }
    if (isLimited(1)) return undefined
    if (response.destroyed) return undefined
    if (!calls.take(principal)) {
      refuseCall(response, calls.most)
      return undefined
    }
    response.once('close', () => calls.giveBack(principal))
    if (request.method !== 'POST') {
      refuseMethod(response)
      return undefined
    }
    if (!isJsonContentType(request.headers['content-type'] ?? null)) {
      refuseContentType(response)
      return undefined
    }
    const body = await bodies.read(request, principal)
    if ('problem' in body) {
      bodies.refuse(response, body.problem)
      return undefined
    }
    // Each message of a JSON-RPC batch counts as one request.
    const { json } = body
    const count = Array.isArray(json) ? json.length : 1
    if (requestsPerMinute !== undefined && count > requestsPerMinute) {
      refuseBatch(response, requestsPerMinute)
      return undefined
    }
    if (count > 1) {
      // Taking all at once makes the time to wait right: a refused batch takes none.
      rate.giveBack(principal)
      if (isLimited(count)) return undefined
    }
    return { principal, json }
  }
}

function refuseMethod(response: ServerResponse): void {
  response.setHeader('allow', allowedMethods)
  refuse(response, 405, {
    code: 'invalidRequest',
    message: 'The MCP endpoint accepts only POST: it has no sessions to open or to end.',
    hint: 'Send each message with POST.',
  })
}

/** Refuses a call whose caller has its share of the connections. */
function refuseCall(response: ServerResponse, most: number): void {
  response.setHeader('retry-after', '1')
  refuse(response, 429, {
    code: 'rateLimit',
    message: `You have too many open calls; one caller may have ${most}, and fewer while the server is busy.`,
    hint: 'Wait for some of them, or ask the operator to raise http.maxConnections.',
    retryable: true,
  })
}

/** Refuses a batch that no wait would admit. */
function refuseBatch(response: ServerResponse, perMinute: number): void {
  refuse(response, 400, {
    code: 'invalidRequest',
    message: `The JSON-RPC batch has more messages than the ${perMinute} requests that you may send per minute.`,
    hint: 'Send smaller batches.',
  })
}

function refuseContentType(response: ServerResponse): void {
  refuse(response, 415, {
    code: 'invalidRequest',
    message: 'The content type of the body is not JSON.',
    hint: 'Send the header Content-Type: application/json.',
  })
}
