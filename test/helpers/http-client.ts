import { request as httpRequest } from 'node:http'
import type { JsonObject } from './fake-provider/index.js'

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  json(): JsonObject
  /** The JSON-RPC message in it, whether it came as an event or alone. */
  message(): JsonObject
}

export interface RawRequest {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

/** fetch() sets Host and Origin itself; here they can lie. */
export function send(url: string | URL, options: RawRequest = {}): Promise<Reply> {
  const { body, headers = {}, method = 'GET' } = options
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          json: () => JSON.parse(text),
          message: () => JSON.parse(/^data: ([^\n]+)/m.exec(text)?.[1] ?? text),
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** One JSON-RPC request, by whoever has the token. */
export function rpc(
  { url, token }: { url: string; token: string },
  method: string,
  params: JsonObject = {},
  headers: Record<string, string> = {},
): Promise<Reply> {
  return send(url, {
    method: 'POST',
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
}

/** What a tool answers; fails on a protocol error. */
export async function callTool(
  server: { url: string; token: string },
  name: string,
  args: JsonObject = {},
): Promise<JsonObject> {
  const reply = await rpc(server, 'tools/call', { name, arguments: args })
  const { result, error } = reply.message()
  if (!result) throw new Error(`${reply.status}: ${JSON.stringify(error)}`)
  return result
}
