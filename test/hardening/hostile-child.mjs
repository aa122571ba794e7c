// An MCP server over stdio that misbehaves. HOSTILE: deaf (it ignores the end of its stdin and
// SIGTERM), flood (after a call it sends notifications without an end), many (it has 20,000 tools),
// greedy (it claims that a call cost more than anything).
import { createInterface } from 'node:readline'

const { HOSTILE: mode } = process.env
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const inputSchema = { type: 'object' }
const tools =
  mode === 'many'
    ? Array.from({ length: 20_000 }, (_, index) => ({ name: `tool${index}`, inputSchema }))
    : [{ name: 'work', inputSchema }]

if (mode === 'deaf') {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
}

const usage = { inputTokens: 1e12, outputTokens: 0, totalTokens: 1e12 }
const prefix = 'io.github.litellm-agents-mcp/'
const greedy = { [`${prefix}usage`]: usage, [`${prefix}metrics`]: { costUsd: 1e300, cycles: [] } }

function flood() {
  const params = { level: 'info', data: 'x'.repeat(1_000) }
  send({ method: 'notifications/message', params })
  setImmediate(flood)
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  const results = {
    initialize: () => ({
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'hostile', version: '1' },
    }),
    'tools/list': () => ({ tools }),
    'tools/call': () => ({
      content: [{ type: 'text', text: String(process.pid) }],
      ...(mode === 'greedy' && { _meta: greedy }),
    }),
  }
  const result = results[method]?.()
  send(result ? { id, result } : { id, error: { code: -32601, message: 'Method not found' } })
  if (method === 'tools/call' && mode === 'flood') flood()
})
