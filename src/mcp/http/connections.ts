import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Longer than the usual 60 s of load balancers, so that they do not reuse a connection that was just closed. */
const keepAliveMs = 65_000
/** Ends connections that send their headers slowly on purpose. */
const headersMs = 10_000
const requestMs = 120_000
/** Event streams are written to every 10 s, so a connection that is silent for longer has no reader. */
const stalledMs = 90_000
const checkMs = 2_000

export const serverOptions = {
  connectionsCheckingInterval: checkMs,
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  keepAliveTimeout: keepAliveMs,
}

/**
 * Limits connections: slow and silent ones end, and above the limit the oldest idle one is closed,
 * so that clients that only hold connections open cannot keep others out.
 */
export function boundConnections(server: Server, maxConnections: number): void {
  /** The number of open requests of each connection, the oldest connection first. */
  const sockets = new Map<Socket, number>()
  server.setTimeout(stalledMs)
  server.on('connection', (socket: Socket) => {
    if (sockets.size >= maxConnections) (idleOne(sockets) ?? socket).destroy()
    if (socket.destroyed) return
    sockets.set(socket, 0)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const add = (change: number) => {
      const count = sockets.get(socket)
      if (count !== undefined) sockets.set(socket, count + change)
    }
    add(1)
    response.once('close', () => add(-1))
  })
}

function idleOne(sockets: ReadonlyMap<Socket, number>): Socket | undefined {
  for (const [socket, requests] of sockets) if (requests === 0) return socket
  return undefined
}
