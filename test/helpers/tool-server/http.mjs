// The scripted MCP server over Streamable HTTP. TOOL_SERVER_ERA: both (default); legacy, which
// has sessions; or sse, the transport of 2024. Callers need the header `x-key: open`.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { Server as Server1 } from '@modelcontextprotocol/sdk/server/index.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, Server } from '@modelcontextprotocol/server'
import { about, capabilities, serve1, serve2 } from './tools.mjs'

const { TOOL_SERVER_ERA: era = 'both', TOOL_SERVER_PORT = '0' } = process.env

function bothEras() {
  const handler = createMcpHandler(() =>
    serve2(new Server(about, capabilities), () => handler.notify.toolsChanged()),
  )
  return toNodeHandler(handler)
}

function legacy() {
  const sessions = new Map()
  return async (request, response) => {
    const id = request.headers['mcp-session-id']
    if (id && !sessions.has(id)) return response.writeHead(404).end()
    const transport =
      sessions.get(id) ??
      new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (started) => sessions.set(started, transport),
      })
    if (!id) await serve1(new Server1(about, capabilities)).connect(transport)
    await transport.handleRequest(request, response)
  }
}

function sse() {
  const sessions = new Map()
  return async (request, response) => {
    const { searchParams } = new URL(request.url, 'http://localhost')
    const known = sessions.get(searchParams.get('sessionId'))
    if (known) return known.handlePostMessage(request, response)
    const transport = new SSEServerTransport('/mcp', response)
    sessions.set(transport.sessionId, transport)
    await serve1(new Server1(about, capabilities)).connect(transport)
  }
}

const handlers = { both: bothEras, legacy, sse }
const handle = handlers[era]()
const server = createServer((request, response) =>
  request.headers['x-key'] === 'open'
    ? handle(request, response)
    : response.writeHead(401).end('no key'),
)
server.listen(Number(TOOL_SERVER_PORT), '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`),
)
