import { isIP, type Socket } from 'node:net'
import type { HostAndPort } from './no-proxy.js'
import type { HttpProxy } from './proxy.js'
import { ProxyError } from './proxy-error.js'
import type { Trust } from './trust.js'

/** Describes the target of a connection and the proxy to use. */
export interface Destination extends HostAndPort {
  readonly tls: boolean
  readonly proxy: HttpProxy | undefined
  readonly trust: Trust
  /** The TLS session of an earlier connection, to resume. */
  readonly session?: Buffer | undefined
}

const handshakeMs = 30_000
const maxHeadBytes = 65_536

/**
 * Opens a connection and passes its socket to `ready`: immediately, while it connects, or after the
 * proxy has accepted a tunnel. `failed` gets the ProxyError of a tunnel that failed. Returns a
 * function that aborts the attempt. Plain http uses no tunnel: its requests go to the proxy in
 * absolute form.
 */
export function dial(
  destination: Destination,
  ready: (socket: Socket) => void,
  failed: (error: ProxyError) => void,
): () => void {
  const { proxy, tls, trust } = destination
  if (!proxy) {
    ready(tls ? secure(destination) : plain(destination))
    return () => {}
  }
  const toProxy = proxy.tls ? secure({ ...proxy, trust }) : plain(proxy)
  if (!tls) {
    ready(toProxy)
    return () => {}
  }
  return openTunnel(
    toProxy,
    destination,
    proxy,
    () => ready(secure(destination, toProxy)),
    (cause) => failed(cause instanceof ProxyError ? cause : new ProxyError(proxy, { cause })),
  )
}

function plain({ host, port }: HostAndPort): Socket {
  return kept(process.getBuiltinModule('node:net').connect({ host, port }))
}

type Secured = HostAndPort & Pick<Destination, 'trust' | 'session'>

function secure({ host, port, trust, session }: Secured, tunnel?: Socket): Socket {
  const socket = process.getBuiltinModule('node:tls').connect({
    ...(tunnel ? { socket: tunnel } : { host, port }),
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ALPNProtocols: ['http/1.1'],
    ...trust,
    ...(session && { session }),
  })
  return tunnel ? socket : kept(socket)
}

function kept<S extends Socket>(socket: S): S {
  // A model can take minutes to respond, and a router must not drop the idle connection.
  socket.setKeepAlive(true, 30_000)
  socket.setNoDelay(true)
  return socket
}

/** Sends CONNECT and waits for the proxy's response (RFC 9110, section 9.3.6). */
function openTunnel(
  socket: Socket,
  { host, port }: HostAndPort,
  proxy: HttpProxy,
  opened: () => void,
  failed: (cause: unknown) => void,
): () => void {
  let head = ''
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const lines = [`CONNECT ${target} HTTP/1.1`, `host: ${target}`, 'proxy-connection: keep-alive']
  if (proxy.authorization !== undefined) lines.push(`proxy-authorization: ${proxy.authorization}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const timer = setTimeout(
    () => fail(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
    handshakeMs,
  )

  const stop = () => {
    clearTimeout(timer)
    socket.off('data', read).off('error', fail).off('close', closed)
  }
  const fail = (cause: unknown) => {
    stop()
    // The socket can emit more errors, which are ignored.
    socket.on('error', () => {}).destroy()
    failed(cause)
  }
  const closed = () => fail(undefined)
  const read = (bytes: Buffer) => {
    head += bytes.toString('latin1')
    const end = /\r?\n\r?\n/.exec(head)
    if (!end && head.length <= maxHeadBytes) return
    const status = Number(/^HTTP\/1\.[01] ([1-9]\d\d)/.exec(head)?.[1])
    const rest = end ? head.slice(end.index + end[0].length) : ''
    if (!(status >= 200 && status < 300)) {
      fail(status > 0 ? new ProxyError(proxy, { status }) : notHttp())
      return
    }
    stop()
    socket.pause()
    if (rest !== '') socket.unshift(Buffer.from(rest, 'latin1'))
    opened()
  }
  socket.on('data', read).on('error', fail).on('close', closed)
  return () => {
    stop()
    socket.on('error', () => {}).destroy()
  }
}

function notHttp(): Error {
  return Object.assign(new Error('The proxy did not answer in HTTP/1.1.'), { code: 'EPROTO' })
}
