import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../src/util/json.js'

import type { GoldenCase, GoldenResponse } from './case.js'

export interface SeenRequest {
  path: string
  headers: IncomingMessage['headers']
  body: JsonObject
  closedEarly: boolean
}

/** Serves the recorded responses of a case in order, then repeats the last one. */
export async function replay(recorded: GoldenCase) {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const entry: SeenRequest = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()),
      closedEarly: false,
    }
    response.on('close', () => {
      entry.closedEarly = !response.writableFinished
    })
    const exchange = recorded.exchanges[seen.length] ?? recorded.exchanges.at(-1)
    seen.push(entry)
    if (exchange) await serve(exchange.response, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export async function serve(recorded: GoldenResponse, response: ServerResponse): Promise<void> {
  await sleep(recorded.delayHeadersMs ?? 0)
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = recorded.headers
  response.writeHead(recorded.status, headers)
  if (!recorded.sseEvents) {
    const { body } = recorded
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
    return
  }
  response.flushHeaders()
  await sleep(recorded.delayFirstEventMs ?? 0)
  for (const event of recorded.sseEvents) {
    for (const piece of pieces(eventText(event, recorded), recorded.splitBytes)) {
      response.write(piece)
      if (recorded.splitBytes) await sleep(0)
    }
    if (recorded.delayBetweenEventsMs) await sleep(recorded.delayBetweenEventsMs)
  }
  if (recorded.termination === 'reset') response.socket?.resetAndDestroy()
  // If the recorded client disconnected, the response stays open until ours disconnects too.
  else if (recorded.termination === 'complete') response.end()
}

function eventText(
  event: NonNullable<GoldenResponse['sseEvents']>[number],
  { sseStyle }: GoldenResponse,
): string {
  const [colon, end] = sseStyle === 'crlf-nospace' ? [':', '\r\n'] : [': ', '\n']
  if ('comment' in event) return `:${event.comment}${end}${end}`
  const name = event.event ? `event${colon}${event.event}${end}` : ''
  const data = typeof event.data === 'string' ? event.data : JSON.stringify(event.data)
  return `${name}data${colon}${data}${end}${end}`
}

function pieces(text: string, size: number | undefined): Buffer[] {
  const bytes = Buffer.from(text)
  if (!size) return [bytes]
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}
