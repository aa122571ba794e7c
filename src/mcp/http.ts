import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, isJsonContentType } from '@modelcontextprotocol/server'
import { configurationError } from '../agent/errors.js'
import { bearerAuthentication, type HttpAccess, withoutAuthentication } from './auth.js'
import { cancelledCall, clientHeader, opensSession } from './call-name.js'
import { webPageGuard } from './guard.js'
import { readJsonBody, refuseBody } from './http-body.js'
import { refuse, replyJson } from './http-reply.js'
import { serverFactory } from './server.js'
import type { Services } from './services.js'

export interface HttpDoor {
  /** Where clients find the server. */
  readonly url: string
  /** Stops listening; calls in work may end within the grace, then they are cut off. */
  close(graceMs: number): Promise<void>
}

/** Above the usual 60 s of load balancers, so that they never write to a connection we just closed. */
const keepAliveMs = 65_000
const eventStreamKeepAliveMs = 10_000
const answerMs = 2_000

/** Serves Streamable HTTP at /mcp, for both eras, each request on its own. */
export async function serveHttp(services: Services, access: HttpAccess): Promise<HttpDoor> {
  const { config, inFlight, log } = services
  const { host, maxBodyBytes, port } = config.http
  const onerror = (error: Error) => log.warn('a request was not served', { reason: error.message })
  const handler = createMcpHandler(serverFactory(services), {
    // Headers and keep-alives go out while an agent works, so that no proxy takes it for dead.
    responseMode: 'sse',
    keepAliveMs: eventStreamKeepAliveMs,
    maxRequestBodySize: maxBodyBytes,
    onerror,
  })
  const serveMcp = toNodeHandler(handler, { onerror, maxRequestBodySize: maxBodyBytes })
  const authenticate =
    access === 'open' ? withoutAuthentication : bearerAuthentication(access.token)
  const unfinished = new Set<ServerResponse>()
  let closing = false

  const routes: Record<string, RequestListener> = {
    '/healthz': (_, response) => replyJson(response, 200, { status: 'ok' }),
    '/readyz': (_, response) =>
      closing
        ? replyJson(response, 503, { status: 'closing' })
        : replyJson(response, 200, { status: 'ready' }),
    '/mcp': (request, response) => {
      mcpRoute(request, response).catch((error: unknown) => {
        log.error('a request failed unexpectedly', { err: error })
        response.destroy()
      })
    },
  }
  const guard = webPageGuard(config.http)

  async function mcpRoute(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const principal = authenticate(request, response)
    if (principal === undefined) return
    // The token itself goes no further than this.
    const auth = { token: '', clientId: principal, scopes: [] }
    const authenticated = Object.assign(request, { auth }) as NodeIncomingMessageLike
    if (request.method !== 'POST' || !isJsonContentType(request.headers['content-type'] ?? null))
      return serveMcp(authenticated, response)
    const body = await readJsonBody(request, maxBodyBytes)
    if ('refused' in body) return refuseBody(response, body.refused, maxBodyBytes)
    const cancelled = cancelledCall(body.json, principal, request.headers[clientHeader])
    if (cancelled) inFlight.cancel(cancelled.name, cancelled.reason)
    if (opensSession(body.json)) response.setHeader(clientHeader, crypto.randomUUID())
    return serveMcp(authenticated, response, body.json)
  }

  // Importing node:http costs ten times what asking for it does.
  const server = process.getBuiltinModule('node:http').createServer((request, response) => {
    unfinished.add(response)
    response.once('close', () => unfinished.delete(response))
    if (!guard(request, response)) return
    const path = (request.url ?? '').split('?', 1)[0] as string
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (route) return route(request, response)
    refuse(response, 404, {
      code: 'invalidRequest',
      message: `There is nothing at ${path.slice(0, 100)}.`,
      hint: 'The MCP endpoint is /mcp; there are also /healthz and /readyz.',
    })
  })
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = keepAliveMs + 1_000
  server.requestTimeout = 120_000
  await listen(server, host, port)

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}/mcp`,
    close: async (graceMs) => {
      closing = true
      server.close()
      await inFlight.idle(graceMs)
      inFlight.abortAll()
      await finished(unfinished)
      await handler.close()
      server.closeAllConnections()
    },
  }
}

/** Lets answers that are ready reach their callers; a stream without an end is not waited for. */
async function finished(responses: Iterable<ServerResponse>): Promise<void> {
  const closed = [...responses].map(
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
