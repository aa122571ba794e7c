// shared by the floors: what they send, and, for all but the one on fetch, upstream over node:http keep-alive; streams upstream only when the caller asked for progress
let http, agent, base
function init() {
  http = process.getBuiltinModule('node:http')
  agent = new http.Agent({ keepAlive: true, maxSockets: 256, scheduling: 'lifo' })
  base = new URL((process.env.BENCH_BASE ?? 'http://127.0.0.1:4200/v1') + '/chat/completions')
}
export function post(body, onChunk) {
  if (!http) init()
  return new Promise((ok, no) => {
    const b = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const rq = http.request(
      {
        agent,
        method: 'POST',
        host: base.hostname,
        port: base.port,
        path: base.pathname,
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer sk-test',
          'content-length': b.length,
        },
      },
      (rs) => {
        rs.on('error', no)
        if (onChunk) {
          rs.setEncoding('utf8')
          rs.on('data', onChunk)
          rs.on('end', ok)
          return
        }
        let first, rest
        rs.on('data', (c) => {
          if (!first) first = c
          else (rest ??= [first]).push(c)
        })
        rs.on('end', () => ok(JSON.parse((rest ? Buffer.concat(rest) : first).toString())))
      },
    )
    rq.on('error', no)
    rq.end(b)
  })
}
export const messages = (a) =>
  a.system_prompt
    ? [
        {
          role: 'system',
          content: [{ type: 'text', text: a.system_prompt, cache_control: { type: 'ephemeral' } }],
        },
        { role: 'user', content: a.prompt },
      ]
    : [{ role: 'user', content: a.prompt }]
export const bookSchema = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    author: { type: 'string' },
    genre: { type: 'string' },
    summary: { type: 'string' },
    rating: { type: 'integer', minimum: 1, maximum: 10 },
  },
  required: ['title', 'author', 'genre', 'summary', 'rating'],
}
const calcTool = [
  {
    type: 'function',
    function: {
      name: 'calculator',
      description: 'Evaluate an arithmetic expression.',
      parameters: {
        type: 'object',
        properties: { expression: { type: 'string' } },
        required: ['expression'],
      },
    },
  },
]
const sessions = new Map()
// minimal agent loop: history of serialised messages, so that a turn costs its own messages only (plus the bytes sent)
async function agentRun(a) {
  let h = a.session_id && sessions.get(a.session_id)
  if (!h) {
    h = { json: JSON.stringify(messages({ ...a, prompt: '' }).slice(0, -1)).slice(1, -1) }
    if (a.session_id) sessions.set(a.session_id, h)
  }
  const add = (m) => {
    const j = JSON.stringify(m)
    h.json += h.json ? ',' + j : j
  }
  add({ role: 'user', content: a.prompt })
  const head = `{"model":${JSON.stringify(a.model_id ?? 'bench')},"max_tokens":1000,${a.use_tools ? `"tools":${JSON.stringify(calcTool)},` : ''}"messages":[`
  const usage = { inputTokens: 0, outputTokens: 0 }
  for (;;) {
    const j = await post(head + h.json + ']}')
    const m = j.choices[0].message
    usage.inputTokens += j.usage.prompt_tokens
    usage.outputTokens += j.usage.completion_tokens
    add(m)
    if (!m.tool_calls) return { content: [{ type: 'text', text: m.content }], _meta: { usage } }
    for (const c of m.tool_calls) {
      const x = /^\s*(-?[\d.]+)\s*([-+*/])\s*(-?[\d.]+)\s*$/.exec(
        JSON.parse(c.function.arguments).expression,
      )
      const [p, q] = [Number(x[1]), Number(x[3])]
      add({
        role: 'tool',
        tool_call_id: c.id,
        content: String({ '+': p + q, '-': p - q, '*': p * q, '/': p / q }[x[2]]),
      })
    }
  }
}
export async function run(a, tok, notify) {
  if (a.use_tools || a.session_id) return agentRun(a)
  if (tok === undefined) {
    const j = await post({ model: a.model_id ?? 'bench', messages: messages(a), max_tokens: 1000 })
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
    {
      model: a.model_id ?? 'bench',
      messages: messages(a),
      max_tokens: 1000,
      stream: true,
      stream_options: { include_usage: true },
    },
    (c) => {
      buf += c
      let i,
        k = 0
      while ((i = buf.indexOf('\n\n', k)) >= 0) {
        const line = buf.slice(k + 6, i)
        k = i + 2
        if (line === '[DONE]') continue
        const j = JSON.parse(line)
        if (j.usage) usage = j.usage
        const d = j.choices[0]?.delta?.content
        if (d) {
          text += d
          notify({
            method: 'notifications/progress',
            params: { progressToken: tok, progress: ++n, message: d },
          })
        }
      }
      buf = buf.slice(k)
    },
  )
  return { content: [{ type: 'text', text }], _meta: { usage } }
}
export async function extract(a) {
  const j = await post({
    model: a.model_id ?? 'bench',
    messages: messages(a),
    tools: [{ type: 'function', function: { name: 'BookAnalysis', parameters: bookSchema } }],
    tool_choice: { type: 'function', function: { name: 'BookAnalysis' } },
  })
  const o = JSON.parse(j.choices[0].message.tool_calls[0].function.arguments)
  return { content: [{ type: 'text', text: JSON.stringify(o) }], structuredContent: o }
}
