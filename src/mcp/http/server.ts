import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { McpRequestContext, Server as McpServer } from '@modelcontextprotocol/server'
import { configurationError } from '../../agent/errors.js'
import type { HttpAccess } from '../auth/access.js'
import { type Authenticate, authentication } from '../auth/authenticate.js'
import type { ListChanges } from '../catalog.js'
import { serverFactory } from '../server.js'
import type { Services } from '../services.js'
import { admission } from './admission.js'
import { metadataPaths, resourceMetadata } from './auth-challenge.js'
import { boundConnections, serverOptions } from './connections.js'
import { McpEndpoint } from './mcp-endpoint.js'
import { originGuard } from './origin-guard.js'
import { logRequest, pathOf, type RequestLogEntry } from './request-log.js'
import { refuse, sendJson } from './send-reply.js'

export interface HttpServer {
  /** The URL of the MCP endpoint. */
  readonly url: string
  /** Stops listening, waits up to `graceMs` for open calls, then stops them. */
  close(graceMs: number): Promise<void>
  /** Notifies the clients that listen about the lists that have changed. */
  announce(changes: ListChanges): void
}

/** The time for sending the results of calls that the shutdown stopped. */
const lastResultsMs = 2_000

type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  log: RequestLogEntry,
) => void | Promise<void>

/** Shows the server to people in a browser. */
export interface Dashboard {
  dashboard(services: Services, authenticate: Authenticate): Route
}

export interface HttpParts {
  /** Undefined if there is no dashboard. */
  loadDashboard?: () => Promise<Dashboard>
  makeServer?: (context: McpRequestContext) => McpServer
}

/** Serves Streamable HTTP at /mcp, in both protocol eras. */
export async function serveHttp(
  services: Services,
  access: HttpAccess,
  { loadDashboard, makeServer = serverFactory(services) }: HttpParts = {},
): Promise<HttpServer> {
  const { config, inFlight, log, runs } = services
  const { host, maxConnections, port } = config.http
  const endpoint = new McpEndpoint(makeServer, log)
  const authenticate = authentication(config.http, access)
  const dashboard =
    loadDashboard &&
    onFirstUse(async () => (await loadDashboard()).dashboard(services, authenticate))
  const unfinished = new Set<ServerResponse>()
  let closing = false

  const routes = mcpRoutes(services, authenticate, endpoint, () => !closing)
  const routeOf = (path: string): Route => {
    if (dashboard && isOfDashboard(path))
      return async (request, response, entry) => (await dashboard())(request, response, entry)
    // Many clients add a slash to the URL, and do not follow a redirect with a POST.
    return routes.get(path) ?? routes.get(path.replace(/(.)\/$/, '$1')) ?? notFound
  }
  const guard = originGuard(
    config.http,
    (request) => dashboard !== undefined && isOfDashboard(pathOf(request)),
  )
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    unfinished.add(response)
    response.once('close', () => unfinished.delete(response))
    const entry = logRequest(request, response, log)
    try {
      if (!guard(request, response)) return
      await routeOf(pathOf(request))(request, response, entry)
    } catch (error) {
      log.error('a request failed unexpectedly', { err: error })
      response.destroy()
    }
  }

  // An import of node:http reads all of its properties, which takes ten times as long.
  const http = process.getBuiltinModule('node:http')
  const server = http.createServer(serverOptions, handle)
  boundConnections(server, maxConnections)
  await listen(server, host, port)

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/mcp`,
    close: async (graceMs) => {
      closing = true
      server.close()
      await Promise.all([inFlight.idle(graceMs), runs.close(graceMs)])
      await finished([...unfinished].filter((response) => !endpoint.isEndless(response)))
      await endpoint.close()
      server.closeAllConnections()
    },
    announce: (changes) => endpoint.announce(changes),
  }
}

function mcpRoutes(
  services: Services,
  authenticate: Authenticate,
  endpoint: McpEndpoint,
  isReady: () => boolean,
): ReadonlyMap<string, Route> {
  const { oauth } = services.config.http
  const admit = admission(services, authenticate)
  const routes = new Map<string, Route>([
    ['/healthz', (_, response) => sendJson(response, 200, { status: 'ok' })],
    [
      '/readyz',
      (_, response) =>
        !isReady()
          ? sendJson(response, 503, { status: 'closing' })
          : services.runs.ready
            ? sendJson(response, 200, { status: 'ready' })
            : sendJson(response, 503, { status: 'database unavailable' }),
    ],
    [
      '/mcp',
      async (request, response, entry) => {
        const admitted = await admit(request, response, entry)
        if (!admitted) return
        const { json, principal } = admitted
        await endpoint.handle({ request, response, principal }, json)
      },
    ],
  ])
  if (oauth)
    for (const path of metadataPaths(oauth))
      routes.set(path, (_, response) => sendJson(response, 200, resourceMetadata(oauth)))
  return routes
}

const notFound: Route = (request, response) =>
  refuse(response, 404, {
    code: 'invalidRequest',
    message: `There is nothing at ${pathOf(request).slice(0, 100)}.`,
    hint: 'The MCP endpoint is /mcp. The dashboard is at /, and probes are at /healthz and /readyz.',
  })

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

/** Waits until the responses that are ready have been sent. */
async function finished(responses: readonly ServerResponse[]): Promise<void> {
  const closed = responses.map(
    (response) => new Promise<void>((resolve) => response.once('close', resolve)),
  )
  if (closed.length > 0) await Promise.race([Promise.all(closed), sleep(lastResultsMs)])
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        configurationError(
          `Listening on ${host}:${port} failed (${error.code ?? error.message}).`,
          error.code === 'EADDRINUSE'
            ? 'Choose another port with --port, or any free one with --port 0.'
            : 'Choose another address with --host and --port.',
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
}
