import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

const require = createRequire(import.meta.url)
const net = require('node:net')
const tls = require('node:tls')

type Handler = (url: string, request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * Leads every connection of this process to a local handler, whatever its host, plain or TLS: some
 * rules depend on the address, and no provider's real address is ever contacted.
 */
export async function bendNetwork(handle: Handler) {
  const { connect, createConnection } = net
  const secureConnect = tls.connect
  const listening = async (scheme: string) => {
    const server = createServer((request, response) =>
      handle(`${scheme}://${request.headers.host}${request.url}`, request, response),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  }
  const servers = [await listening('http'), await listening('https')]
  const [plain, secure] = servers.map((server) => (server.address() as AddressInfo).port)
  const to = (port: number | undefined) => connect({ host: '127.0.0.1', port })
  net.connect = net.createConnection = () => to(plain)
  tls.connect = () => {
    const socket = to(secure)
    socket.once('connect', () => socket.emit('secureConnect'))
    return socket
  }
  return {
    async [Symbol.asyncDispose]() {
      Object.assign(net, { connect, createConnection })
      tls.connect = secureConnect
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
