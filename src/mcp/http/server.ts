import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  createMcpHandler,
  type McpRequestContext,
  type Server as McpServer,
} from '@modelcontextprotocol/server'
import { configurationError } from '../../agent/errors.js'
import type { HttpAccess } from '../auth/access.js'
import { type Authenticate, authentication } from '../auth/authenticate.js'
import type { ListChanges } from '../catalog.js'
import { principalOf } from '../client/principal.js'
import { serverFactory } from '../server.js'
import type { Services } from '../services.js'
import { logVisit, pathOf, type Visit } from './access-log.js'
import { metadataPaths, resourceMetadata } from './auth-challenge.js'
import { Questions } from './client-requests.js'
import { boundConnections, serverOptions } from './connections.js'
import { withEarlyHeaders } from './early-headers.js'
import { EventStreams, maxStreams } from './event-streams.js'
import { mcpRoute } from './mcp-route.js'
import { webPageGuard } from './origin-guard.js'
import { refuse, replyJson } from './reply.js'

export interface HttpDoor {
  /** Where clients find the server. */
  readonly url: string
  /** Stops listening; calls in work may end within the grace, then they are cut off. */
  close(graceMs: number): Promise<void>
  /** Tells the clients that listen which lists to ask for again. */
  announce(changes: ListChanges): void
}

const eventStreamKeepAliveMs = 10_000
const answerMs = 2_000

type Route = (request: IncomingMessage, response: ServerResponse, visit: Visit) => void

/** What shows the server to people in a browser. */
export interface Dashboard {
  dashboard(
    services: Services,
    authenticate: Authenticate,
  ): (request: IncomingMessage, response: ServerResponse, visit: Visit) => Promise<void>
}

export interface HttpParts {
  /** Absent: there is no dashboard. */
  loadDashboard?: () => Promise<Dashboard>
  makeServer?: (context: McpRequestContext) => McpServer
}

/** Serves Streamable HTTP at /mcp, for both eras, each request on a protocol server of its own. */
export async function serveHttp(
  services: Services,
  access: HttpAccess,
  { loadDashboard, makeServer = serverFactory(services) }: HttpParts = {},
): Promise<HttpDoor> {
  const { config, inFlight, log, runs } = services
  const { host, maxBodyBytes, maxConnections, oauth, port } = config.http
  const onerror = (error: Error) => log.warn('a request was not served', { reason: error.message })
  const questions = new Questions()
  const streams = new EventStreams()
  const askingServer = (context: McpRequestContext) => {
    const server = makeServer(context)
    if (context.era === 'legacy') questions.follow(server, principalOf(context))
    return server
  }
  const handler = createMcpHandler(askingServer, {
    keepAliveMs: eventStreamKeepAliveMs,
    maxRequestBodySize: maxBodyBytes,
    maxSubscriptions: maxStreams,
    onerror,
  })
  // Headers and keep-alives go out while an agent works, so that no proxy takes it for dead.
  const fetch = withEarlyHeaders(handler.fetch, eventStreamKeepAliveMs)
  const serveMcp = toNodeHandler({ fetch }, { onerror, maxRequestBodySize: maxBodyBytes })
  const authenticate = authentication(config.http, access)
  const serveKnown = mcpRoute(services, authenticate, questions, streams, serveMcp)
  const dashboard =
    loadDashboard &&
    onFirstUse(async () => (await loadDashboard()).dashboard(services, authenticate))
  const unfinished = new Set<ServerResponse>()
  let closing = false

  const routes: Record<string, Route> = {
    '/healthz': (_, response) => replyJson(response, 200, { status: 'ok' }),
    '/readyz': (_, response) =>
      closing
        ? replyJson(response, 503, { status: 'closing' })
        : replyJson(response, 200, { status: 'ready' }),
    '/mcp': (request, response, visit) => settle(serveKnown(request, response, visit), response),
  }
  const settle = (work: Promise<void>, response: ServerResponse) => {
    work.catch((error: unknown) => {
      log.error('a request failed unexpectedly', { err: error })
      response.destroy()
    })
  }
  if (oauth)
    for (const path of metadataPaths(oauth))
      routes[path] = (_, response) => replyJson(response, 200, resourceMetadata(oauth))
  const guard = webPageGuard(config.http)

  // Importing node:http costs ten times what asking for it does.
  const http = process.getBuiltinModule('node:http')
  const server = http.createServer(serverOptions, (request, response) => {
    unfinished.add(response)
    response.once('close', () => unfinished.delete(response))
    const visit = logVisit(request, response, log)
    if (!guard(request, response)) return
    const path = pathOf(request)
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route) return route(request, response, visit)
    if (dashboard && isOfDashboard(path)) {
      const shown = dashboard().then((show) => show(request, response, visit))
      return settle(shown, response)
    }
    refuse(response, 404, {
      code: 'invalidRequest',
      message: `There is nothing at ${path.slice(0, 100)}.`,
      hint: 'The MCP endpoint is /mcp, the dashboard is at /; there are also /healthz and /readyz.',
    })
  })
  boundConnections(server, maxConnections)
  await listen(server, host, port)

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/mcp`,
    close: async (graceMs) => {
      closing = true
      server.close()
      await Promise.all([inFlight.idle(graceMs), runs.close(graceMs)])
      inFlight.abortAll()
      await finished([...unfinished].filter((response) => !streams.has(response)))
      await handler.close()
      server.closeAllConnections()
    },
    announce: ({ tools, prompts }) => {
      if (tools) handler.notify.toolsChanged()
      if (prompts) handler.notify.promptsChanged()
    },
  }
}

function isOfDashboard(path: string): boolean {
  return path === '/' || path.startsWith('/dashboard/') || path.startsWith('/api/')
}

function onFirstUse<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined
  return () => {
    loaded ??= load()
    return loaded
  }
}

/** Lets answers that are ready reach their callers. */
async function finished(responses: readonly ServerResponse[]): Promise<void> {
  const closed = responses.map(
    (response) => new Promise<void>((resolve) => response.once('close', resolve)),
  )
  if (closed.length > 0) await Promise.race([Promise.all(closed), sleep(answerMs)])
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        configurationError(
          `Listening on ${host}:${port} failed (${error.code ?? error.message}).`,
          error.code === 'EADDRINUSE'
            ? 'Choose another port with --port (0: any free one).'
            : 'Choose another address with --host and --port.',
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
}
