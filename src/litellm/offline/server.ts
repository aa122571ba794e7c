import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../util/json.js'

import { readChatRequest } from './chat.js'
import { PromptCache } from './prompt-cache.js'
import { Reply } from './reply.js'
import { scriptedAnswer } from './script.js'

const wordDelayMs = 15
const maxBodyBytes = 32 * 1024 * 1024

/**
 * Returns a small OpenAI-compatible server for the scripted model. The server does not listen yet.
 */
export function createOfflineServer(): Server {
  const cache = new PromptCache()
  const server = createServer((request, response) => {
    handle(request, response, cache).catch((error: unknown) => {
      // A client that has disconnected cannot receive an error.
      if (!response.headersSent) sendError(response, 500, String(error))
      else response.destroy()
    })
  })
  server.on('connection', (socket) => socket.unref())
  return server
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  cache: PromptCache,
): Promise<void> {
  const path = `${request.method} ${request.url}`
  if (path === 'GET /v1/models')
    return sendJson(response, 200, { object: 'list', data: [{ id: 'demo', object: 'model' }] })
  if (path !== 'POST /v1/chat/completions') return sendError(response, 404, `No route ${path}.`)
  const chat = readChatRequest(parseJson(await readBody(request)))
  if (!chat) return sendError(response, 400, 'The body is not a chat completion request.')
  const reply = new Reply(scriptedAnswer(chat), cache.use(chat))
  if (!chat.stream) return sendJson(response, 200, reply.completion())
  await sendStream(response, reply.chunks(chat.includeUsage))
}

async function sendStream(response: ServerResponse, chunks: Iterable<JsonObject>): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for (const chunk of chunks) {
    if (response.destroyed) return
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
    await sleep(wordDelayMs)
  }
  response.end('data: [DONE]\n\n')
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function sendError(response: ServerResponse, status: number, message: string): void {
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  sendJson(response, status, { error: { message, type } })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > maxBodyBytes) throw new Error('The request is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
