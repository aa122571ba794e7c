import { createServer, connect as open, type Socket } from 'node:net'

/** A proxy in front of a server that can stop to pass on bytes, without closing connections. */
export interface CutOff {
  readonly url: string
  /** Swallows all that the present connections carry from now on. New connections work. */
  swallow(): void
  /** Swallows also all that new connections carry, until `recover`. */
  swallowAll(): void
  recover(): void
  stop(): Promise<void>
}

export async function startCutOff(target: string): Promise<CutOff> {
  const { hostname, port } = new URL(target)
  let all = false
  let generation = 0
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const mine = generation
    const server = open(Number(port), hostname)
    const swallowed = () => all || mine < generation
    client.on('data', (data) => swallowed() || server.write(data))
    server.on('data', (data) => swallowed() || client.write(data))
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        if (!swallowed()) other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  const own = typeof address === 'object' && address ? address.port : 0
  return {
    url: Object.assign(new URL(target), { hostname: '127.0.0.1', port: String(own) }).href,
    swallow: () => {
      generation++
    },
    swallowAll: () => {
      all = true
      generation++
    },
    recover: () => {
      all = false
    },
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => proxy.close(() => resolve()))
    },
  }
}
