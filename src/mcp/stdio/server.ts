import type {
  CallToolResult,
  JSONRPCMessage,
  RequestId,
  Server,
} from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { type AgentError, invalidRequest } from '../../agent/errors.js'
import { isJsonObject } from '../../util/json.js'

import type { ListChanges } from '../catalog.js'
import { isId } from '../jsonrpc/message-kinds.js'
import { failure } from '../results/results.js'
import { serverFactory } from '../server.js'
import type { Services } from '../services.js'
import { type LongLine, requestOf } from './line-reader.js'
import { LineTransport } from './line-transport.js'

const answerMs = 500
const maxLineBytes = 10 * 1024 * 1024
const parseErrorCode = -32700
const invalidRequestCode = -32600

export interface StdioDoor {
  /** Resolves when the client has gone: its end of stdin or stdout is closed. */
  readonly ended: Promise<void>
  /** Calls in work may end within the grace, then they are cut off. */
  close(graceMs: number): Promise<void>
  /** Tells the client which lists to ask for again. */
  announce(changes: ListChanges): void
}

/** Serves the process that started this one, over stdin and stdout. */
export function serveOverStdio(services: Services): StdioDoor {
  const { inFlight, log, runs } = services
  const factory = serverFactory(services)
  const notSent = (error: unknown) => log.warn('not sent', { err: error })
  let modern = false
  let server: Server | undefined

  const transport = new LineTransport(process.stdin, process.stdout, {
    maxLineBytes,
    onLongLine: (line) => {
      transport.send(longLineAnswer(line, modern, services)).catch(notSent)
    },
    onMalformed: (value) => {
      const { code, error, id } = malformed(value)
      log.warn('a message was not served', { reason: error.message })
      transport.send(rpcError(id, code, error)).catch(notSent)
    },
  })
  const handle = serveStdio(
    (context) => {
      modern = context.era === 'modern'
      server = factory(context)
      return server
    },
    {
      transport,
      onerror: (error) => log.warn('a message was not served', { reason: error.message }),
    },
  )
  const ended = new Promise<void>((resolve) => {
    const teardown = transport.onclose
    transport.onclose = () => {
      teardown?.()
      resolve()
    }
  })

  return {
    ended,
    announce: ({ tools, prompts }) => {
      if (tools) server?.sendToolListChanged().catch(notSent)
      if (prompts) server?.sendPromptListChanged().catch(notSent)
    },
    close: async (graceMs) => {
      await Promise.all([inFlight.idle(graceMs), runs.close(graceMs)])
      // What has just been stopped is still to be answered.
      await inFlight.idle(answerMs)
      await handle.close()
    },
  }
}

/** The answer to a request of which only the ends are known. */
function longLineAnswer(line: LongLine, modern: boolean, { redact }: Services): JSONRPCMessage {
  const { id, method } = requestOf(line)
  const error = invalidRequest(
    `The message is longer than ${maxLineBytes} bytes.`,
    'Send a shorter prompt.',
  )
  if (id !== null && method === 'tools/call') {
    const result: CallToolResult = failure(error, {}, redact)
    return { jsonrpc: '2.0', id, result: modern ? { ...result, resultType: 'complete' } : result }
  }
  return rpcError(id, invalidRequestCode, error)
}

/** What is wrong with a line, and whom that is to be told: only a request has an id of its sender's. */
function malformed(value: unknown): { code: number; error: AgentError; id: RequestId | null } {
  if (value === undefined) {
    const error = invalidRequest('The line is no JSON.', 'Send one JSON-RPC message a line.')
    return { code: parseErrorCode, error, id: null }
  }
  const { id, method } = isJsonObject(value) ? value : {}
  const error = invalidRequest(
    'The message is no JSON-RPC 2.0 request.',
    'Send an object with jsonrpc "2.0", a text or whole number as id, a method, params that are an object, and nothing else.',
  )
  return { code: invalidRequestCode, error, id: method !== undefined && isId(id) ? id : null }
}

function rpcError(id: RequestId | null, code: number, error: AgentError): JSONRPCMessage {
  const { message, ...data } = error.toJSON()
  // JSON-RPC wants null where the id could not be told; the SDK's type has no place for it.
  return { jsonrpc: '2.0', id, error: { code, message, data } } as JSONRPCMessage
}
