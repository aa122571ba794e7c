// Streamable HTTP over raw node:http with the official SDK v1 transport.
// MODE: stateful (one transport+server per session, the SDK docs' pattern) | stateless (new server+transport per request)
// JSON: enableJsonResponse

import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

export function serveHttp(
  makeServer,
  port,
  { stateless = process.env.BENCH_STATELESS === '1', json = process.env.BENCH_JSON === '1' } = {},
) {
  const sessions = new Map()
  const srv = http.createServer(async (req, res) => {
    try {
      if (stateless) {
        const t = new StreamableHTTPServerTransport({
          sessionIdGenerator: undefined,
          enableJsonResponse: json,
        })
        const s = makeServer()
        res.on('close', () => {
          t.close()
          s.close()
        })
        await s.connect(t)
        await t.handleRequest(req, res)
        return
      }
      const id = req.headers['mcp-session-id']
      let t = id && sessions.get(id)
      if (!t) {
        t = new StreamableHTTPServerTransport({
          sessionIdGenerator: randomUUID,
          enableJsonResponse: json,
          onsessioninitialized: (sid) => {
            sessions.set(sid, t)
          },
        })
        t.onclose = () => {
          if (t.sessionId) sessions.delete(t.sessionId)
        }
        await makeServer().connect(t)
      }
      await t.handleRequest(req, res)
    } catch (e) {
      if (!res.headersSent) {
        res.writeHead(500)
        res.end(String(e))
      }
    }
  })
  srv.keepAliveTimeout = 600_000
  srv.listen(port, '127.0.0.1', 1024)
}
