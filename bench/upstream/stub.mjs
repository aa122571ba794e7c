// Loopback OpenAI-compatible stub. Node http only, no dependencies.
//
// Scripted by the LAST marker "[[k=v k=v]]" in the request body:
//   n=<tokens>      words in the answer                       (default 20)
//   ttft=<ms>       latency before the first byte/answer       (default 0)
//   tpt=<ms>        latency per token when streaming; when not streaming n*tpt is added
//   flush=1         streaming with tpt=0: one socket write per token (default: one write in all)
//   tool=<k>        k rounds of a tool call (to the calculator-like tool in the request), then text
//   so=1            structured output: call the forced/last tool with schema-conforming args, or
//                   answer with schema-conforming JSON when response_format is json_schema
//   status=<code>   answer with that HTTP error status
// GET /stats -> {requests, streams, connections, bytesIn, inflight, maxInflight}; POST /reset zeroes it.
import http from 'node:http'

const port = Number(process.env.PORT ?? process.argv[2] ?? 4200)
let st
const zero = () => {
  st = {
    requests: 0,
    streams: 0,
    connections: 0,
    bytesIn: 0,
    inflight: st?.inflight ?? 0,
    maxInflight: 0,
    toolCalls: 0,
    structured: 0,
    cacheControl: 0,
    errors: 0,
  }
}
zero()

const seenCache = new Set()
let seq = 0

const textCache = new Map()
function text(n) {
  let t = textCache.get(n)
  if (!t) {
    t = Array.from({ length: n }, (_, i) => (i ? ' w' : 'w') + (i % 97)).join('')
    textCache.set(n, t)
  }
  return t
}
const chunkCache = new Map()
function sseChunks(n) {
  let c = chunkCache.get(n)
  if (!c) {
    c = []
    const head =
      '{"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,"delta":'
    c.push(`data: ${head}{"role":"assistant","content":""},"finish_reason":null}]}\n\n`)
    for (let i = 0; i < n; i++)
      c.push(
        `data: ${head}{"content":"${(i ? ' w' : 'w') + (i % 97)}"},"finish_reason":null}]}\n\n`,
      )
    c.push(`data: ${head}{},"finish_reason":"stop"}]}\n\n`)
    chunkCache.set(n, c)
    c.joined = c.join('')
  }
  return c
}

function parseMarker(body) {
  const m = { n: 20, ttft: 0, tpt: 0, tool: 0, so: 0, flush: 0, status: 0, at: -1 }
  const i = body.lastIndexOf('[[')
  if (i < 0) return m
  const j = body.indexOf(']]', i)
  if (j < 0 || j - i > 200) return m
  m.at = i
  for (const kv of body.slice(i + 2, j).split(' ')) {
    const e = kv.indexOf('=')
    if (e > 0) m[kv.slice(0, e)] = Number(kv.slice(e + 1))
  }
  return m
}

function usage(body, n) {
  const prompt = Math.max(1, body.length >> 2)
  let cached = 0,
    created = 0
  const c = body.indexOf('cache_control')
  if (c >= 0) {
    st.cacheControl++
    const key = body.length > 4096 ? body.slice(0, Math.min(c, 4096)) : body.slice(0, c)
    if (seenCache.has(key)) cached = 1024
    else {
      if (seenCache.size > 1000) seenCache.clear()
      seenCache.add(key)
      created = 1024
    }
  }
  return `{"prompt_tokens":${prompt + cached + created},"completion_tokens":${n},"total_tokens":${prompt + cached + created + n},"prompt_tokens_details":{"cached_tokens":${cached}},"completion_tokens_details":{"reasoning_tokens":0},"cache_creation_input_tokens":${created},"cache_read_input_tokens":${cached}}`
}

function deref(s, root) {
  let k = 0
  while (s && s.$ref && k++ < 10)
    s = s.$ref
      .split('/')
      .slice(1)
      .reduce((o, p) => o?.[decodeURIComponent(p)], root)
  return s ?? {}
}
function sample(s, root = s, depth = 0) {
  s = deref(s, root)
  if (depth > 12) return null
  if ('const' in s) return s.const
  if (s.enum) return s.enum[0]
  if (s.anyOf) return sample(s.anyOf.find((x) => x.type !== 'null') ?? s.anyOf[0], root, depth + 1)
  if (s.oneOf) return sample(s.oneOf[0], root, depth + 1)
  if (s.allOf) return Object.assign({}, ...s.allOf.map((x) => sample(x, root, depth + 1)))
  const t = Array.isArray(s.type) ? s.type.find((x) => x !== 'null') : s.type
  switch (t) {
    case 'object':
    case undefined: {
      const o = {}
      for (const k of Object.keys(s.properties ?? {}))
        o[k] = sample(s.properties[k], root, depth + 1)
      return o
    }
    case 'array':
      return [sample(s.items ?? { type: 'string' }, root, depth + 1)]
    case 'integer':
      return Math.max(s.minimum ?? 5, s.minimum ?? 5)
    case 'number':
      return s.minimum ?? 5.5
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return 'stub text'
  }
}

function countToolResults(body, from) {
  let k = 0,
    i = from < 0 ? 0 : from
  const re = /"role":\s?"tool"/g
  re.lastIndex = i
  while (re.exec(body)) k++
  return k
}

function pickCall(req, m) {
  const tools = req.tools ?? []
  if (m.so) {
    const forced = typeof req.tool_choice === 'object' ? req.tool_choice?.function?.name : undefined
    const t = tools.find((x) => x.function.name === forced) ?? tools[tools.length - 1]
    return { name: t.function.name, args: sample(t.function.parameters) }
  }
  const t = tools.find((x) => /calc/i.test(x.function.name)) ?? tools[0]
  const args = sample(t.function.parameters)
  if (args && typeof args === 'object')
    for (const k of Object.keys(args))
      if (typeof args[k] === 'string' && /expr|input|query/i.test(k)) args[k] = '17 * 23'
  return { name: t.function.name, args }
}

const JSON_H = 'application/json'
function sendJson(res, s, code = 200) {
  const b = Buffer.from(s)
  res.writeHead(code, { 'content-type': JSON_H, 'content-length': b.length })
  res.end(b)
}

function complete(req, res, body) {
  st.requests++
  st.bytesIn += body.length
  const m = parseMarker(body)
  if (m.status) {
    st.errors++
    const r = () =>
      sendJson(
        res,
        JSON.stringify({
          error: { message: `stub error ${m.status}`, type: 'stub', code: String(m.status) },
        }),
        m.status,
      )
    return m.ttft ? setTimeout(r, m.ttft) : r()
  }
  const stream = /"stream":\s?true/.test(body)
  let call = null,
    content = null
  if (m.tool || m.so) {
    const done = countToolResults(body, m.at)
    if (m.tool ? done < m.tool : done < 1) {
      const rq = JSON.parse(body)
      if (m.so && rq.response_format?.type === 'json_schema') {
        content = JSON.stringify(sample(rq.response_format.json_schema.schema))
        st.structured++
      } else if (m.so && rq.response_format?.type === 'json_object') {
        content = '{"answer":"stub text"}'
        st.structured++
      } else if (rq.tools?.length) {
        call = pickCall(rq, m)
        m.so ? st.structured++ : st.toolCalls++
      }
    }
  }
  const n = m.n
  st.inflight++
  if (st.inflight > st.maxInflight) st.maxInflight = st.inflight
  res.on('close', () => {
    st.inflight--
  })
  if (!stream) {
    const go = () => {
      const id = ++seq
      const msg = call
        ? `{"role":"assistant","content":null,"tool_calls":[{"id":"call_${id}","type":"function","function":{"name":${JSON.stringify(call.name)},"arguments":${JSON.stringify(JSON.stringify(call.args))}}}]}`
        : `{"role":"assistant","content":${content ? JSON.stringify(content) : '"' + text(n) + '"'}}`
      sendJson(
        res,
        `{"id":"chatcmpl-${id}","object":"chat.completion","created":1700000000,"model":"bench","choices":[{"index":0,"message":${msg},"finish_reason":"${call ? 'tool_calls' : 'stop'}"}],"usage":${usage(body, n)}}`,
      )
    }
    const d = m.ttft + m.tpt * n
    return d ? setTimeout(go, d) : go()
  }
  st.streams++
  const tail = `data: {"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[],"usage":${usage(body, n)}}\n\ndata: [DONE]\n\n`
  const H = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }
  let chunks
  if (call) {
    const id = ++seq
    const head =
      '{"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,"delta":'
    chunks = [
      `data: ${head}{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_${id}","type":"function","function":{"name":${JSON.stringify(call.name)},"arguments":""}}]},"finish_reason":null}]}\n\n`,
      `data: ${head}{"tool_calls":[{"index":0,"function":{"arguments":${JSON.stringify(JSON.stringify(call.args))}}}]},"finish_reason":null}]}\n\n`,
      `data: ${head}{},"finish_reason":"tool_calls"}]}\n\n`,
    ]
    chunks.joined = chunks.join('')
  } else if (content) {
    const head =
      '{"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1700000000,"model":"bench","choices":[{"index":0,"delta":'
    chunks = [
      `data: ${head}{"role":"assistant","content":${JSON.stringify(content)}},"finish_reason":null}]}\n\n`,
      `data: ${head}{},"finish_reason":"stop"}]}\n\n`,
    ]
    chunks.joined = chunks.join('')
  } else chunks = sseChunks(n)

  const start = () => {
    if (res.destroyed) return
    if (!m.tpt && !m.flush) {
      const b = Buffer.from(chunks.joined + tail)
      res.writeHead(200, H)
      res.end(b)
      return
    }
    res.writeHead(200, H)
    let i = 0
    res.write(chunks[i++])
    const step = () => {
      if (res.destroyed) return
      res.write(chunks[i++])
      if (i >= chunks.length) return res.end(tail)
      m.tpt ? setTimeout(step, m.tpt) : setImmediate(step)
    }
    step()
  }
  m.ttft ? setTimeout(start, m.ttft) : start()
}

const server = http.createServer((req, res) => {
  if (req.method === 'GET') {
    if (req.url === '/stats') return sendJson(res, JSON.stringify(st))
    if (req.url.endsWith('/models'))
      return sendJson(
        res,
        '{"object":"list","data":[{"id":"bench","object":"model","created":1700000000,"owned_by":"stub"}]}',
      )
    return sendJson(res, '{"ok":true}')
  }
  if (req.url === '/reset') {
    zero()
    return sendJson(res, '{"ok":true}')
  }
  let first = null,
    rest = null
  req.on('data', (c) => {
    if (first === null) first = c
    else (rest ??= [first]).push(c)
  })
  req.on('end', () => {
    const body = rest
      ? Buffer.concat(rest).toString('utf8')
      : first === null
        ? ''
        : first.toString('utf8')
    try {
      complete(req, res, body)
    } catch (e) {
      sendJson(res, JSON.stringify({ error: { message: String(e?.stack ?? e) } }), 500)
    }
  })
})
server.keepAliveTimeout = 600_000
server.requestTimeout = 0
server.on('connection', () => {
  st.connections++
})
server.listen(port, '127.0.0.1', 4096, () => {
  process.stderr.write(`stub on ${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
