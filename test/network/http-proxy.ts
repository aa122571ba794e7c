import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ProxyOptions {
  /** The port on 127.0.0.1 that stands for a host and its port; `undefined` for an unknown host. */
  portOf(host: string, port: number): number | undefined
  /** `user:password`; a request without them is answered with 407. */
  credentials?: string
  /** A status that every request is answered with. */
  refuse?: number
  /** The proxy cuts each connection after this many bytes from the server. */
  cutAfter?: number
  /** The certificate of a proxy that is spoken to over TLS. */
  tls?: { cert: string; key: string }
}

export interface TestProxy {
  readonly port: number
  readonly url: string
  /** What was asked for: `CONNECT host:port` or `POST http://host/path`. */
  readonly asked: string[]
  close(): Promise<void>
}

/** An HTTP proxy on loopback, which opens tunnels and forwards plain http (RFC 9110, RFC 9112). */
export async function startProxy(options: ProxyOptions): Promise<TestProxy> {
  const { portOf, credentials, refuse, cutAfter = Infinity, tls } = options
  const asked: string[] = []
  const sockets = new Set<Duplex>()

  function refusal({ headers }: IncomingMessage): number | undefined {
    if (refuse !== undefined) return refuse
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
    return expected && headers['proxy-authorization'] !== expected ? 407 : undefined
  }

  function forward(incoming: IncomingMessage, response: ServerResponse): void {
    asked.push(`${incoming.method} ${incoming.url}`)
    const status = refusal(incoming)
    if (status !== undefined) return void response.writeHead(status).end('refused by the proxy')
    const url = URL.canParse(incoming.url ?? '') ? new URL(incoming.url ?? '') : undefined
    const port = url && portOf(url.hostname, Number(url.port || 80))
    if (!url || port === undefined) return void response.writeHead(502).end()
    const { 'proxy-authorization': _, ...headers } = incoming.headers
    const path = url.pathname + url.search
    const outgoing = request(
      { host: '127.0.0.1', port, path, method: incoming.method, headers },
      (reply) => {
        let count = 0
        response.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.on('data', (bytes: Buffer) => {
          count += bytes.length
          response.write(bytes)
          if (count > cutAfter) setTimeout(() => incoming.socket.destroy(), 20)
        })
        reply.on('end', () => response.end())
        reply.on('error', () => response.destroy())
      },
    )
    outgoing.on('error', () => response.destroy())
    response.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  }

  function open(incoming: IncomingMessage, client: Duplex, head: Buffer): void {
    asked.push(`CONNECT ${incoming.url}`)
    const status = refusal(incoming)
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(incoming.url ?? '') ?? []
    const at = portOf(host.replace(/^\[|\]$/g, ''), Number(port))
    client.on('error', () => {})
    if (status !== undefined || at === undefined)
      return void client.end(`HTTP/1.1 ${status ?? 502} No\r\ncontent-length: 2\r\n\r\nno`)
    const server = connect(at, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      server.write(head)
      client.pipe(server)
      let count = 0
      server.on('data', (bytes) => {
        count += bytes.length
        client.write(bytes)
        if (count > cutAfter) setTimeout(() => client.destroy(), 20)
      })
      server.on('end', () => client.end())
    })
    server.on('error', () => client.destroy())
    client.on('close', () => server.destroy())
  }

  const server = tls ? createTlsServer(tls, forward) : createServer(forward)
  server.on('connect', open)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
