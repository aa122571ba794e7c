import type { JSONRPCMessage, Server } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { invalidRequest } from '../../agent/errors.js'
import type { ListChanges } from '../catalog.js'
import { errorResponse, rpcCodes } from '../jsonrpc/error-response.js'
import { failure } from '../results/results.js'
import { serverFactory } from '../server.js'
import type { Services } from '../services.js'
import { type LongLine, requestOf } from './line-reader.js'
import { LineTransport } from './line-transport.js'

/** The time for sending the results of calls that the shutdown stopped. */
const lastResultsMs = 500
const maxLineBytes = 10 * 1024 * 1024

export interface StdioServer {
  /** Resolves when the client has closed its end of stdin or stdout. */
  readonly ended: Promise<void>
  /** Waits up to `graceMs` for open calls, then stops them. */
  close(graceMs: number): Promise<void>
  /** Notifies the client about the lists that have changed. */
  announce(changes: ListChanges): void
}

/** Serves the client that started this process, over stdin and stdout. */
export function serveOverStdio(services: Services): StdioServer {
  const { inFlight, log, runs } = services
  const factory = serverFactory(services)
  const onSendError = (error: unknown) => log.warn('a message was not sent', { err: error })
  const onRefused = (reason: string) => log.warn('a message was refused', { reason })
  let modern = false
  let server: Server | undefined

  const transport = new LineTransport(process.stdin, process.stdout, {
    maxLineBytes,
    onRefused,
    onLongLine: (line) => {
      transport.send(longLineResponse(line, modern, services)).catch(onSendError)
    },
  })
  const handle = serveStdio(
    (context) => {
      modern = context.era === 'modern'
      server = factory(context)
      return server
    },
    { transport, onerror: (error) => onRefused(error.message) },
  )
  const ended = new Promise<void>((resolve) => {
    const onclose = transport.onclose
    transport.onclose = () => {
      onclose?.()
      resolve()
    }
  })

  return {
    ended,
    announce: ({ tools, prompts }) => {
      if (tools) server?.sendToolListChanged().catch(onSendError)
      if (prompts) server?.sendPromptListChanged().catch(onSendError)
    },
    close: async (graceMs) => {
      await Promise.all([inFlight.idle(graceMs), runs.close(graceMs)])
      await inFlight.idle(lastResultsMs)
      await handle.close()
    },
  }
}

/** The response to a line that is too long, of which only the two ends are known. */
function longLineResponse(line: LongLine, modern: boolean, { redact }: Services): JSONRPCMessage {
  const { id, method } = requestOf(line)
  const error = invalidRequest(
    `The message is longer than ${maxLineBytes} bytes.`,
    'Send a shorter prompt.',
  )
  if (id !== null && method === 'tools/call') {
    const result = failure(error, redact)
    return { jsonrpc: '2.0', id, result: modern ? { ...result, resultType: 'complete' } : result }
  }
  // JSON-RPC requires a null id if the request's id is unknown; the SDK's type has no null.
  return errorResponse(id, rpcCodes.invalidRequest, error) as JSONRPCMessage
}
