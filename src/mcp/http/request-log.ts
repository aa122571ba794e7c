import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../../util/logger.js'

/** What handling a request adds to its log line. */
export interface RequestLogEntry {
  principal?: string
}

const maxPathLength = 100
/** Load balancers and orchestrators request these every few seconds. */
const probes = ['/healthz', '/readyz']

/** Writes one log line per request when it ends. The line never contains a body, a query or a token. */
export function logRequest(
  request: IncomingMessage,
  response: ServerResponse,
  log: Logger,
): RequestLogEntry {
  const entry: RequestLogEntry = {}
  const { method, socket } = request
  const start = performance.now()
  const before = socket.bytesWritten
  response.once('close', () => {
    const path = pathOf(request)
    const write = probes.includes(path) ? log.debug : log.info
    write('request', {
      method,
      path: path.slice(0, maxPathLength),
      status: response.statusCode,
      ...(response.writableFinished ? {} : { disconnected: true }),
      ms: Math.round(performance.now() - start),
      ...entry,
      bytes: socket.bytesWritten - before,
    })
  })
  return entry
}

export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] as string
}
