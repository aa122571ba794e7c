import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FileServer {
  /** 127.0.0.1:PORT */
  readonly host: string
  readonly url: string
  /** The paths that were asked for, in order. */
  readonly asked: string[]
  /** Those whose asker has gone before the answer's end. */
  readonly abandoned: string[]
  close(): Promise<void>
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A web server on loopback; the answers are by path, anything else is 404. */
export async function startFileServer(answers: Record<string, Answer>): Promise<FileServer> {
  const asked: string[] = []
  const abandoned: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    response.once('close', () => {
      if (!response.writableEnded) abandoned.push(path)
    })
    const answer = answers[path]
    if (answer) answer(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}`,
    asked,
    abandoned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function file(type: string, content: string | Buffer): Answer {
  return (_, response) => void response.writeHead(200, { 'content-type': type }).end(content)
}

export function redirect(location: string): Answer {
  return (_, response) => void response.writeHead(302, { location }).end()
}
