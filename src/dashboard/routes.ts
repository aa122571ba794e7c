import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticate } from '../mcp/auth/authenticate.js'
import { challenge } from '../mcp/http/auth-challenge.js'
import { pathOf, type RequestLogEntry } from '../mcp/http/request-log.js'
import { RequestRate } from '../mcp/http/request-rate.js'
import { rateLimited, refuse } from '../mcp/http/send-reply.js'
import type { Services } from '../mcp/services.js'
import { type Period, periods } from './api.js'
import { isPage, secure, sendData, sendPage } from './page.js'
import { isOperator, RunData } from './run-data.js'

/** Limits requests per minute. One visible page sends about 40, and several pages can be open. */
const requestsPerMinute = 300

type Show = (
  request: IncomingMessage,
  response: ServerResponse,
  log: RequestLogEntry,
) => Promise<void>
type Answer = (viewer: string, query: URLSearchParams) => object | Promise<object | undefined>

/** Serves the dashboard: its files to every client, and its data to clients with a valid token. */
export function dashboard(services: Services, authenticate: Authenticate): Show {
  const rate = new RequestRate()
  const data = new RunData(services)
  const answers: Record<string, Answer> = {
    '/api/viewer': (principal) => ({
      principal,
      operator: isOperator(principal, services.config),
      version: services.version,
    }),
    '/api/live': (viewer) => data.live(viewer),
    '/api/overview': (viewer, query) => data.overview(viewer, periodIn(query)),
    '/api/runs': (viewer, query) => data.page(viewer, offsetIn(query)),
  }
  const answerOf = (path: string): Answer | undefined => {
    if (Object.hasOwn(answers, path)) return answers[path]
    const runId = /^\/api\/runs\/([\w-]{1,100})$/.exec(path)?.[1]
    if (runId === undefined) return undefined
    return (viewer, query) => data.run(viewer, query.get('principal') ?? viewer, runId)
  }

  return async (request, response, log) => {
    secure(response)
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response)
    const path = pathOf(request)
    if (isPage(path)) return sendPage(path, request, response)
    const caller = await authenticate(request.headers.authorization)
    if (!('principal' in caller)) return challenge(response, caller, services.config.http.oauth)
    const { principal } = caller
    log.principal = principal
    const waitMs = rate.take(principal, requestsPerMinute)
    if (waitMs > 0) return rateLimited(response, requestsPerMinute, waitMs)
    const found = await answerOf(path)?.(principal, queryOf(request))
    if (found) return sendData(request, response, found)
    refuse(response, 404, {
      code: 'invalidRequest',
      message: `There is nothing at ${path.slice(0, 100)}.`,
      hint: 'It may be gone: results are kept for runs.resultTtlSeconds.',
    })
  }
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length))
}

function periodIn(query: URLSearchParams): Period {
  const wanted = query.get('period')
  return periods.find((period) => period === wanted) ?? '24h'
}

function offsetIn(query: URLSearchParams): number {
  const offset = Number(query.get('offset') ?? 0)
  return Number.isSafeInteger(offset) && offset > 0 ? offset : 0
}

function refuseMethod(response: ServerResponse): void {
  response.setHeader('allow', 'GET, HEAD')
  refuse(response, 405, {
    code: 'invalidRequest',
    message: 'The dashboard only shows; it changes nothing.',
    hint: 'Use GET.',
  })
}
