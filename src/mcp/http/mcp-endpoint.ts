import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  createMcpHandler,
  type McpRequestContext,
  type Server as McpServer,
} from '@modelcontextprotocol/server'
import type { JsonObject } from '../../util/json.js'
import type { Logger } from '../../util/logger.js'
import type { ListChanges } from '../catalog.js'
import { callId, cancelledCall, sessionHeader } from '../client/call-id.js'
import { principalOf } from '../client/principal.js'
import { openedSession } from '../client/session-id.js'
import { errorResponse, rpcCodes } from '../jsonrpc/error-response.js'
import { isId } from '../jsonrpc/message-kinds.js'
import { readBatch, readMessage } from '../jsonrpc/read-message.js'
import { batchRevision } from '../jsonrpc/revisions.js'
import { acceptsEvents, bothFormats, type ReplyFormat, replyFormat } from './accept.js'
import { ClientRequests, refuseClientRequests } from './client-requests.js'
import { EventStreams, maxStreams } from './event-streams.js'
import { formatBatch, formatReply, keepAliveMs, type Reply } from './format-reply.js'
import {
  namedRevision,
  negotiates,
  unsupportedRevision,
  versionHeader,
} from './protocol-version.js'
import { refuse, sendJson, sendReply } from './send-reply.js'

/** One HTTP request whose caller is known. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  principal: string
}

interface Call extends Exchange {
  /** The protocol revision of the version header; `undefined` if there is none. */
  revision: string | undefined
  /** True if the client reads more than the response to its request. */
  streams: boolean
}

/** Handles JSON-RPC messages over HTTP, each of them on a protocol server of its own. */
export class McpEndpoint {
  private readonly clientRequests = new ClientRequests()
  private readonly eventStreams = new EventStreams()
  private readonly handler: ReturnType<typeof createMcpHandler>
  /** The open calls that another HTTP request can cancel. */
  private readonly cancellable = new Map<string, AbortController>()

  constructor(
    makeServer: (context: McpRequestContext) => McpServer,
    private readonly log: Logger,
  ) {
    const trackedServer = (context: McpRequestContext) => {
      const server = makeServer(context)
      if (context.era !== 'legacy') return server
      if (context.authInfo?.extra?.streams) this.clientRequests.track(server, principalOf(context))
      else refuseClientRequests(server)
      return server
    }
    this.handler = createMcpHandler(trackedServer, {
      keepAliveMs,
      maxSubscriptions: maxStreams,
      onerror: (error) => log.warn('a message was refused', { reason: error.message }),
    })
  }

  /** Answers what a request's body holds: one message, or a JSON-RPC batch. */
  async handle(exchange: Exchange, json: unknown): Promise<void> {
    const { request, response } = exchange
    const revision = namedRevision(request.headers[versionHeader])
    const format = replyFormat(request.headers.accept)
    if (!format) notAcceptable(response)
    else if (Array.isArray(json)) {
      const batch = readBatch(json, revision ?? batchRevision)
      if ('response' in batch) return sendJson(response, 400, batch.response)
      const call = { ...exchange, revision, streams: false }
      await this.exchange(call, batch.messages, (answers) =>
        formatBatch(answers, batch.responses, format),
      )
    } else {
      const wrong = readMessage(json)?.response ?? unsupportedRevision(json as JsonObject, revision)
      if (wrong) return sendJson(response, 400, wrong)
      await this.handleMessage({ ...exchange, revision, streams: true }, json as JsonObject, format)
    }
  }

  announce({ tools, prompts }: ListChanges): void {
    if (tools) this.handler.notify.toolsChanged()
    if (prompts) this.handler.notify.promptsChanged()
  }

  /** Returns whether a response is an event stream without an end. */
  isEndless(response: ServerResponse): boolean {
    return this.eventStreams.has(response)
  }

  close(): Promise<void> {
    return this.handler.close()
  }

  private async handleMessage(call: Call, message: JsonObject, format: ReplyFormat): Promise<void> {
    const { principal, request, response } = call
    const session = openedSession(message)
    if (session !== undefined) response.setHeader(sessionHeader, session)
    const listens = message.method === 'subscriptions/listen'
    if (listens && !acceptsEvents(request.headers.accept)) return notAcceptable(response)
    if (listens && !this.eventStreams.admit(principal, response)) return
    const reply = listens ? 'events' : format
    const streams = reply !== 'json'
    await this.exchange({ ...call, streams }, [message], ([answer]) =>
      formatReply(answer as Promise<Response>, reply),
    )
  }

  /** Has the messages of one HTTP request answered, and stops them if the client disconnects. */
  private async exchange(
    call: Call,
    messages: readonly JsonObject[],
    format: (answers: Promise<Response>[]) => Promise<Reply>,
  ): Promise<void> {
    const { principal, request, response } = call
    const controllers = messages.map(() => new AbortController())
    const stop = () => {
      for (const controller of controllers) controller.abort()
    }
    const ids = messages.map(({ id }) => callId(principal, request.headers[sessionHeader], id))
    if (response.destroyed) return
    response.once('close', stop)
    try {
      const answers = controllers.map((controller, index) => {
        const id = ids[index]
        if (id !== undefined) this.cancellable.set(id, controller)
        return this.answer(call, messages[index] as JsonObject, controller.signal)
      })
      await sendReply(response, await format(answers))
    } finally {
      response.off('close', stop)
      for (const id of ids) if (id !== undefined) this.cancellable.delete(id)
    }
  }

  /** Never fails. */
  private async answer(call: Call, message: JsonObject, signal: AbortSignal): Promise<Response> {
    const { principal, request, streams } = call
    if (this.clientRequests.answer(message, principal)) return new Response(null, { status: 202 })
    const cancelled = cancelledCall(message, principal, request.headers[sessionHeader])
    if (cancelled !== undefined) this.cancellable.get(cancelled)?.abort()
    // The token itself stays out of reach of the handlers.
    const authInfo = { token: '', clientId: principal, scopes: [], extra: { streams } }
    try {
      const sdkRequest = requestFor(call, message, signal)
      return await this.handler.fetch(sdkRequest, { authInfo, parsedBody: message })
    } catch (error) {
      this.log.error('a request failed unexpectedly', { err: error })
      const id = isId(message.id) ? message.id : null
      return Response.json(errorResponse(id, rpcCodes.internalError, failed), { status: 500 })
    }
  }
}

const failed = {
  code: 'providerError',
  message: 'The server failed to handle this request.',
  hint: 'Try again. If it fails again, look at the log of the server.',
} as const

/** Credentials, which no handler needs. */
const withheld = ['authorization', 'cookie']

/** Returns the request as the SDK needs it: the body is passed beside it, already parsed. */
function requestFor(
  { request, revision }: Call,
  message: JsonObject,
  signal: AbortSignal,
): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && !withheld.includes(name)) headers.set(name, value)
  headers.set('accept', bothFormats)
  // The SDK refuses initialize with a version header that it does not expect.
  if (revision === undefined || negotiates(message)) headers.delete(versionHeader)
  else headers.set(versionHeader, revision)
  return new Request('http://localhost/mcp', { method: 'POST', headers, signal })
}

function notAcceptable(response: ServerResponse): void {
  refuse(response, 406, {
    code: 'invalidRequest',
    message: 'The Accept header excludes both formats of the response.',
    hint: `Send Accept: ${bothFormats}.`,
  })
}
