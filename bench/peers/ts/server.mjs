// What a TypeScript user writes today: @strands-agents/sdk Agent over its OpenAIModel (chat) + @modelcontextprotocol/sdk v1.
// argv: stdio | http PORT. BENCH_VARIANT=reuse (one OpenAIModel per model id, Agent per call) | fresh (both per call).
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import {
  Agent,
  CachePointBlock,
  NullConversationManager,
  TextBlock,
  tool,
} from '@strands-agents/sdk'
import { OpenAIModel } from '@strands-agents/sdk/models/openai'
import { z } from 'zod'

const BASE = process.env.BENCH_BASE ?? 'http://127.0.0.1:4200/v1'
const FRESH = process.env.BENCH_VARIANT === 'fresh'
const mk = (id) =>
  new OpenAIModel({
    api: 'chat',
    modelId: id,
    apiKey: process.env.BENCH_KEY ?? 'sk-test',
    clientConfig: { baseURL: BASE },
    params: { max_tokens: 1000, temperature: 0.7 },
  })
const models = new Map()
const model = (id) => {
  if (FRESH) return mk(id)
  let m = models.get(id)
  if (!m) models.set(id, (m = mk(id)))
  return m
}

const calculator = tool({
  name: 'calculator',
  description: 'Evaluate an arithmetic expression.',
  inputSchema: z.object({
    expression: z.string().describe('the expression, for example "17 * 23"'),
  }),
  callback: ({ expression }) => {
    const m = /^\s*(-?[\d.]+)\s*([-+*/])\s*(-?[\d.]+)\s*$/.exec(expression)
    if (!m) throw new Error('bad expression')
    const [a, b] = [Number(m[1]), Number(m[3])]
    return String({ '+': a + b, '-': a - b, '*': a * b, '/': a / b }[m[2]])
  },
})
const Book = z
  .object({
    title: z.string().describe("The book's title"),
    author: z.string().describe("The book's author"),
    genre: z.string().describe('Primary genre or category'),
    summary: z.string().describe('Brief summary of the book'),
    rating: z.number().int().min(1).max(10).describe('Rating from 1-10'),
  })
  .describe("Analyze a book's key information.")

const sessions = new Map()
function agentFor({ session_id, model_id, system_prompt, use_tools }) {
  let a = session_id && sessions.get(session_id)
  if (a) return a
  a = new Agent({
    model: model(model_id),
    printer: false,
    tools: use_tools ? [calculator] : [],
    ...(system_prompt
      ? {
          systemPrompt: [
            new TextBlock(system_prompt),
            new CachePointBlock({ cacheType: 'default' }),
          ],
        }
      : {}),
    ...(session_id && process.env.BENCH_WINDOW !== 'default'
      ? { conversationManager: new NullConversationManager() }
      : {}),
  })
  if (session_id) sessions.set(session_id, a)
  return a
}
const textOf = (r) =>
  r.lastMessage.content
    .filter((b) => b.type === 'textBlock')
    .map((b) => b.text)
    .join('')

function makeServer() {
  const s = new McpServer({ name: 'ts-strands', version: '1.0.0' })
  s.registerTool(
    'run_agent',
    {
      description: 'Run a Strands agent on a prompt.',
      inputSchema: {
        prompt: z.string(),
        system_prompt: z.string().optional(),
        model_id: z.string().default('bench'),
        use_tools: z.boolean().optional(),
        session_id: z.string().optional(),
      },
    },
    async (a, extra) => {
      const agent = agentFor(a)
      let r
      const tok = extra._meta?.progressToken
      if (tok !== undefined) {
        let n = 0
        const g = agent.stream(a.prompt)
        for (;;) {
          const { value, done } = await g.next()
          if (done) {
            r = value
            break
          }
          const ev = value.event ?? value
          if (
            value.type === 'modelStreamUpdateEvent' &&
            ev.type === 'modelContentBlockDeltaEvent' &&
            ev.delta.type === 'textDelta'
          )
            await extra.sendNotification({
              method: 'notifications/progress',
              params: { progressToken: tok, progress: ++n, message: ev.delta.text },
            })
        }
      } else r = await agent.invoke(a.prompt)
      return {
        content: [{ type: 'text', text: textOf(r) }],
        _meta: { usage: r.metrics?.accumulatedUsage, stopReason: r.stopReason },
      }
    },
  )
  s.registerTool(
    'structured_extract',
    {
      description: 'Extract a BookAnalysis from text.',
      inputSchema: { prompt: z.string(), model_id: z.string().default('bench') },
    },
    async (a) => {
      const agent = agentFor(a)
      const r = await agent.invoke(a.prompt, { structuredOutputSchema: Book })
      return {
        content: [{ type: 'text', text: JSON.stringify(r.structuredOutput) }],
        structuredContent: r.structuredOutput,
      }
    },
  )
  return s
}

if (process.argv[2] === 'http')
  (await import('./http.mjs')).serveHttp(makeServer, Number(process.argv[3]))
else await makeServer().connect(new StdioServerTransport())
