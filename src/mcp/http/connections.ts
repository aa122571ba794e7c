import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Above the usual 60 s of load balancers, so that they never write to a connection we just closed. */
const keepAliveMs = 65_000
/** A client that sends its headers byte by byte is no client. */
const headersMs = 10_000
const requestMs = 120_000
/** Event streams are written to every 10 s: where nothing moves for so long, nobody reads. */
const stalledMs = 90_000
const checkMs = 2_000

export const serverOptions = {
  connectionsCheckingInterval: checkMs,
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  keepAliveTimeout: keepAliveMs,
}

/**
 * Bounds what connections cost: slow and silent ones end, and where there are too many, the oldest
 * that asks for nothing makes room, so that those who only hold connections open shut nobody out.
 */
export function boundConnections(server: Server, maxConnections: number): void {
  /** By how many requests each has in work; the oldest first. */
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
