// best practice on SDK v1: bundled + split + compile cache, node:http upstream, HTTP transport loaded only for http, body parsed here
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { extract, run } from './core.mjs'

const runIn = {
  prompt: z.string(),
  system_prompt: z.string().optional(),
  model_id: z.string().optional(),
  use_tools: z.boolean().optional(),
  session_id: z.string().optional(),
}
const exIn = { prompt: z.string(), model_id: z.string().optional() }
function makeServer() {
  const s = new McpServer({ name: 'floor-sdk1-best', version: '1.0.0' })
  s.registerTool('run_agent', { description: 'Run a prompt.', inputSchema: runIn }, (a, x) =>
    run(a, x._meta?.progressToken, (n) => x.sendNotification(n)),
  )
  s.registerTool('structured_extract', { description: 'Extract.', inputSchema: exIn }, (a) =>
    extract(a),
  )
  return s
}
if (process.argv[2] === 'http') {
  const { StreamableHTTPServerTransport } = await import(
    '@modelcontextprotocol/sdk/server/streamableHttp.js'
  )
  const { randomUUID } = process.getBuiltinModule('node:crypto')
  const http = process.getBuiltinModule('node:http')
  const sessions = new Map()
  const on = async (req, res, body) => {
    const id = req.headers['mcp-session-id']
    let t = id && sessions.get(id)
    if (!t) {
      t = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (sid) => {
          sessions.set(sid, t)
        },
      })
      t.onclose = () => sessions.delete(t.sessionId)
      await makeServer().connect(t)
    }
    await t.handleRequest(req, res, body)
  }
  const srv = http.createServer((req, res) => {
    if (req.method !== 'POST') return on(req, res)
    const cs = []
    req.on('data', (c) => cs.push(c))
    req.on('end', () => on(req, res, JSON.parse(Buffer.concat(cs).toString())))
  })
  srv.keepAliveTimeout = 600_000
  srv.listen(Number(process.argv[3]), '127.0.0.1', 1024)
} else {
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js')
  await makeServer().connect(new StdioServerTransport())
}
