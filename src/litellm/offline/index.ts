import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

let running: Promise<Server> | undefined

/**
 * Returns the base URL of the scripted demo provider in this process, for paths such as
 * `/chat/completions`. The provider starts with the first call and listens only on loopback. It
 * does not keep the process alive.
 */
export async function offlineBaseUrl(): Promise<string> {
  running ??= start()
  const { port } = (await running).address() as AddressInfo
  return `http://127.0.0.1:${port}/v1`
}

/** Stops the provider. The next `offlineBaseUrl` starts another. */
export async function closeOffline(): Promise<void> {
  const server = await running
  running = undefined
  server?.closeAllConnections()
  server?.close()
}

async function start(): Promise<Server> {
  const { createOfflineServer } = await import('./server.js')
  const server = createOfflineServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  return server.unref()
}
