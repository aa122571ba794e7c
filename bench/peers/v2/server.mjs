// The floor on SDK v2 (@modelcontextprotocol/server 2.4). argv: stdio | http PORT (createMcpHandler) ; BENCH_STATEFUL=1: NodeStreamableHTTPServerTransport per session
import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { bookSchema, messages } from '../floor/core.mjs'

const URL_ = (process.env.BENCH_BASE ?? 'http://127.0.0.1:4200/v1') + '/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-test' }
const runIn = z.object({
  prompt: z.string(),
  system_prompt: z.string().optional(),
  model_id: z.string().default('bench'),
})
const exIn = z.object({ prompt: z.string(), model_id: z.string().default('bench') })

function makeServer() {
  const s = new McpServer({ name: 'floor-v2', version: '1.0.0' })
  s.registerTool(
    'run_agent',
    { description: 'Run a prompt.', inputSchema: runIn },
    async (a, ctx) => {
      const tok = ctx.mcpReq._meta?.progressToken
      if (tok === undefined) {
        const r = await fetch(URL_, {
          method: 'POST',
          headers,
          body: JSON.stringify({ model: a.model_id, messages: messages(a), max_tokens: 1000 }),
        })
        const j = await r.json()
        return {
          content: [{ type: 'text', text: j.choices[0].message.content }],
          _meta: { usage: j.usage },
        }
      }
      const r = await fetch(URL_, {
        method: 'POST',
        headers,
        body: JSON.stringify({
          model: a.model_id,
          messages: messages(a),
          max_tokens: 1000,
          stream: true,
          stream_options: { include_usage: true },
        }),
      })
      let buf = '',
        text = '',
        usage,
        n = 0
      const dec = new TextDecoder()
      for await (const c of r.body) {
        buf += dec.decode(c, { stream: true })
        let i
        while ((i = buf.indexOf('\n\n')) >= 0) {
          const line = buf.slice(6, i)
          buf = buf.slice(i + 2)
          if (line === '[DONE]') continue
          const j = JSON.parse(line)
          const d = j.choices[0]?.delta?.content
          if (j.usage) usage = j.usage
          if (d) {
            text += d
            await ctx.mcpReq.notify({
              method: 'notifications/progress',
              params: { progressToken: tok, progress: ++n, message: d },
            })
          }
        }
      }
      return { content: [{ type: 'text', text }], _meta: { usage } }
    },
  )
  s.registerTool(
    'structured_extract',
    { description: 'Extract.', inputSchema: exIn },
    async (a) => {
      const r = await fetch(URL_, {
        method: 'POST',
        headers,
        body: JSON.stringify({
          model: a.model_id,
          messages: messages(a),
          tools: [{ type: 'function', function: { name: 'BookAnalysis', parameters: bookSchema } }],
          tool_choice: { type: 'function', function: { name: 'BookAnalysis' } },
        }),
      })
      const j = await r.json()
      const o = JSON.parse(j.choices[0].message.tool_calls[0].function.arguments)
      return { content: [{ type: 'text', text: JSON.stringify(o) }], structuredContent: o }
    },
  )
  return s
}

if (process.argv[2] === 'http') {
  const http = (await import('node:http')).default
  let handler
  if (process.env.BENCH_STATEFUL === '1') {
    const { NodeStreamableHTTPServerTransport } = await import('@modelcontextprotocol/node')
    const { randomUUID } = await import('node:crypto')
    const sessions = new Map()
    handler = async (req, res) => {
      const id = req.headers['mcp-session-id']
      let t = id && sessions.get(id)
      if (!t) {
        t = new NodeStreamableHTTPServerTransport({
          sessionIdGenerator: randomUUID,
          enableJsonResponse: process.env.BENCH_JSON === '1',
          onsessioninitialized: (sid) => {
            sessions.set(sid, t)
          },
        })
        await makeServer().connect(t)
      }
      await t.handleRequest(req, res)
    }
  } else {
    const { createMcpHandler } = await import('@modelcontextprotocol/server')
    const { toNodeHandler } = await import('@modelcontextprotocol/node')
    handler = toNodeHandler(createMcpHandler(makeServer))
  }
  const srv = http.createServer(handler)
  srv.keepAliveTimeout = 600_000
  srv.listen(Number(process.argv[3]), '127.0.0.1', 1024)
} else (await import('@modelcontextprotocol/server/stdio')).serveStdio(makeServer)
