// The absolute floor of a Node MCP server: hand-written JSON-RPC, no SDK, no zod, http.request with a keep-alive agent. argv: stdio | http PORT
import { bookSchema, messages, post } from './core.mjs'

const http = process.getBuiltinModule('node:http') // not import: Node 24's ESM facade of node:http loads undici (~27 ms)
const str = { type: 'string' }
const tools = [
  {
    name: 'run_agent',
    description: 'Run a prompt.',
    inputSchema: {
      type: 'object',
      properties: { prompt: str, system_prompt: str, model_id: str },
      required: ['prompt'],
    },
  },
  {
    name: 'structured_extract',
    description: 'Extract.',
    inputSchema: {
      type: 'object',
      properties: { prompt: str, model_id: str },
      required: ['prompt'],
    },
  },
]
async function handle(m, send) {
  switch (m.method) {
    case 'initialize':
      return {
        protocolVersion: m.params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'floor-nosdk', version: '1.0.0' },
      }
    case 'tools/list':
      return { tools }
    case 'ping':
      return {}
    case 'tools/call': {
      const a = m.params.arguments ?? {}
      const tok = m.params._meta?.progressToken
      if (m.params.name === 'structured_extract') {
        const j = await post(
          JSON.stringify({
            model: a.model_id ?? 'bench',
            messages: messages(a),
            tools: [
              { type: 'function', function: { name: 'BookAnalysis', parameters: bookSchema } },
            ],
            tool_choice: { type: 'function', function: { name: 'BookAnalysis' } },
          }),
        )
        const o = JSON.parse(j.choices[0].message.tool_calls[0].function.arguments)
        return { content: [{ type: 'text', text: JSON.stringify(o) }], structuredContent: o }
      }
      if (tok === undefined) {
        const j = await post(
          JSON.stringify({ model: a.model_id ?? 'bench', messages: messages(a), max_tokens: 1000 }),
        )
        return {
          content: [{ type: 'text', text: j.choices[0].message.content }],
          _meta: { usage: j.usage },
        }
      }
      let buf = '',
        text = '',
        usage,
        n = 0
      await post(
        JSON.stringify({
          model: a.model_id ?? 'bench',
          messages: messages(a),
          max_tokens: 1000,
          stream: true,
          stream_options: { include_usage: true },
        }),
        (c) => {
          buf += c
          let i
          while ((i = buf.indexOf('\n\n')) >= 0) {
            const line = buf.slice(6, i)
            buf = buf.slice(i + 2)
            if (line === '[DONE]') continue
            const j = JSON.parse(line)
            if (j.usage) usage = j.usage
            const d = j.choices[0]?.delta?.content
            if (d) {
              text += d
              send({
                jsonrpc: '2.0',
                method: 'notifications/progress',
                params: { progressToken: tok, progress: ++n, message: d },
              })
            }
          }
        },
      )
      return { content: [{ type: 'text', text }], _meta: { usage } }
    }
    default:
      throw Object.assign(new Error('Method not found'), { code: -32601 })
  }
}
const answer = async (m, send) => {
  try {
    send({ jsonrpc: '2.0', id: m.id, result: await handle(m, send) })
  } catch (e) {
    send({
      jsonrpc: '2.0',
      id: m.id,
      error: { code: e.code ?? -32603, message: String(e.message) },
    })
  }
}
if (process.argv[2] === 'http') {
  const srv = http.createServer((req, res) => {
    if (req.method !== 'POST') {
      res.writeHead(405, { 'content-length': 0 })
      return res.end()
    }
    let b = ''
    req.setEncoding('utf8')
    req.on('data', (c) => {
      b += c
    })
    req.on('end', () => {
      const m = JSON.parse(b)
      if (m.id === undefined) {
        res.writeHead(202, { 'content-length': 0 })
        return res.end()
      }
      let sse = false
      answer(m, (o) => {
        if (o.method) {
          if (!sse) {
            sse = true
            res.writeHead(200, { 'content-type': 'text/event-stream' })
          }
          res.write(`event: message\ndata: ${JSON.stringify(o)}\n\n`)
          return
        }
        if (sse) return res.end(`event: message\ndata: ${JSON.stringify(o)}\n\n`)
        const out = Buffer.from(JSON.stringify(o))
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': out.length })
        res.end(out)
      })
    })
  })
  srv.keepAliveTimeout = 600_000
  srv.listen(Number(process.argv[3]), '127.0.0.1', 1024)
} else {
  const send = (o) => process.stdout.write(JSON.stringify(o) + '\n')
  let buf = ''
  process.stdin.setEncoding('utf8')
  process.stdin.on('data', (c) => {
    buf += c
    let i,
      s = 0
    while ((i = buf.indexOf('\n', s)) >= 0) {
      const m = JSON.parse(buf.slice(s, i))
      s = i + 1
      if (m.id !== undefined && m.method) answer(m, send)
    }
    buf = s ? buf.slice(s) : buf
  })
  process.stdin.on('end', () => process.exit(0))
}
