// best practice on SDK v2: same choices
import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { extract, run } from '../floor/core.mjs'

const runIn = z.object({
  prompt: z.string(),
  system_prompt: z.string().optional(),
  model_id: z.string().optional(),
  use_tools: z.boolean().optional(),
  session_id: z.string().optional(),
})
const exIn = z.object({ prompt: z.string(), model_id: z.string().optional() })
function makeServer() {
  const s = new McpServer({ name: 'floor-sdk2-best', version: '1.0.0' })
  s.registerTool('run_agent', { description: 'Run a prompt.', inputSchema: runIn }, (a, x) =>
    run(a, x.mcpReq._meta?.progressToken, (n) => x.mcpReq.notify(n)),
  )
  s.registerTool('structured_extract', { description: 'Extract.', inputSchema: exIn }, (a) =>
    extract(a),
  )
  return s
}
if (process.argv[2] === 'http') {
  const { createMcpHandler } = await import('@modelcontextprotocol/server')
  const { toNodeHandler } = await import('@modelcontextprotocol/node')
  const http = process.getBuiltinModule('node:http')
  const h = toNodeHandler(createMcpHandler(makeServer))
  const srv = http.createServer((req, res) => {
    if (req.method !== 'POST') return h(req, res)
    const cs = []
    req.on('data', (c) => cs.push(c))
    req.on('end', () => h(req, res, JSON.parse(Buffer.concat(cs).toString())))
  })
  srv.keepAliveTimeout = 600_000
  srv.listen(Number(process.argv[3]), '127.0.0.1', 1024)
} else (await import('@modelcontextprotocol/server/stdio')).serveStdio(makeServer)
