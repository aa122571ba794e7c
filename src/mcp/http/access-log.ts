import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../../util/logger.js'

/** What the log says of a request once it is answered. */
export interface Visit {
  principal?: string
}

const maxPathLength = 100
/** Asked every few seconds by whoever watches over the server. */
const probes = ['/healthz', '/readyz']

/** One line for each request: who asked for what, and how it went. Never a body, a query or a token. */
export function logVisit(request: IncomingMessage, response: ServerResponse, log: Logger): Visit {
  const visit: Visit = {}
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
      ...(response.writableFinished ? {} : { brokenOff: true }),
      ms: Math.round(performance.now() - start),
      ...visit,
      bytes: socket.bytesWritten - before,
    })
  })
  return visit
}

export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] as string
}
