import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commonEnv, work } from '../servers.mjs'
import { answers, post } from './http.mjs'
import { cpuMs, residentMb } from './process.mjs'

const harness = createRequire(join(work, 'harness/package.json'))
const load = (name) => import(harness.resolve(name).replace('/cjs/', '/esm/'))
const { Client } = await load('@modelcontextprotocol/sdk/client/index.js')
const { StdioClientTransport } = await load('@modelcontextprotocol/sdk/client/stdio.js')
const { StreamableHTTPClientTransport } = await load(
  '@modelcontextprotocol/sdk/client/streamableHttp.js',
)

// Hundreds of calls wait for one pipe to drain.
EventEmitter.defaultMaxListeners = 0

const startMs = 60_000
const stopMs = 3_000

const system = `You are a careful assistant. ${'Answer briefly and cite the numbers you used. '.repeat(6)}`

function environment(spec) {
  const { PATH, HOME, LANG } = process.env
  return JSON.parse(JSON.stringify({ PATH, HOME, LANG, ...commonEnv, ...spec.env }))
}

/** A server that runs, and the official client that speaks to it. */
export class Server {
  calls = 0
  errors = 0
  errorTexts = {}

  constructor(spec, transport) {
    this.spec = spec
    this.name = spec.name
    this.transport = transport
    this.raw = spec.raw
  }

  /** Starts it; how long that took until the client was connected and knew the tools. */
  async start() {
    if (this.raw) return {}
    const { command, args, url } = this.spec[this.transport]
    this.client = new Client({ name: 'bench', version: '1.0.0' })
    this.startedAt = performance.now()
    if (this.transport === 'stdio') {
      const env = environment(this.spec)
      const transport = new StdioClientTransport({ command, args, env, stderr: 'ignore' })
      await this.client.connect(transport, { timeout: startMs })
      this.pid = transport.pid
    } else {
      await this.spawnHttp(command, args, url)
      const transport = new StreamableHTTPClientTransport(new URL(url))
      await this.client.connect(transport, { timeout: startMs })
    }
    await this.client.listTools()
    return { list: performance.now() - this.startedAt }
  }

  async spawnHttp(command, args, url) {
    const log = openSync(join(work, `${this.name}-http.log`), 'w')
    this.child = spawn(command, args, {
      env: environment(this.spec),
      stdio: ['ignore', log, log],
    })
    this.pid = this.child.pid
    const end = performance.now() + startMs
    while (!(await answers(url))) {
      if (performance.now() > end || this.child.exitCode !== null) {
        throw new Error(`${this.name} did not come up over HTTP: see ${this.name}-http.log`)
      }
      await sleep(4)
    }
  }

  async stop() {
    await this.client?.close().catch(() => {})
    await ended(this.child, () => this.child.kill('SIGTERM'))
  }

  offers(op) {
    return this.raw ? op === 'run' : this.spec.ops[op] !== undefined
  }

  /** One call; how many milliseconds it took, or NaN where it failed. */
  async call(op, marker, options = {}) {
    const start = performance.now()
    try {
      const text = this.raw
        ? await this.rawCall(marker, options.onprogress)
        : await this.toolCall(op, marker, options)
      const took = performance.now() - start
      const expected = options.expect ?? 'w0 w1'
      if (!text.includes(expected)) throw new Error(`unexpected answer: ${text.slice(0, 120)}`)
      this.calls++
      return took
    } catch (error) {
      this.errors++
      const text = String(error.message ?? error).slice(0, 160)
      this.errorTexts[text] = (this.errorTexts[text] ?? 0) + 1
      return Number.NaN
    }
  }

  async toolCall(op, marker, { session, onprogress, padding = '' }) {
    const { tool, args } = this.spec.ops[op]
    const call = { prompt: `Say something ${padding}${marker}`, system, session }
    const result = await this.client.callTool(
      { name: tool, arguments: args(call) },
      undefined,
      onprogress ? { onprogress, timeout: 60_000 } : { timeout: 60_000 },
    )
    const text = result.content?.[0]?.text ?? ''
    if (result.isError) throw new Error(`isError: ${text.slice(0, 140)}`)
    return text
  }

  async rawCall(marker, onprogress) {
    const body = {
      model: 'bench',
      messages: [
        {
          role: 'system',
          content: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
        },
        { role: 'user', content: `Say something ${marker}` },
      ],
      max_tokens: 1000,
    }
    if (!onprogress) {
      const { body: answer } = await post(this.raw.url, JSON.stringify(body))
      return JSON.parse(answer).choices[0].message.content
    }
    const streaming = { ...body, stream: true, stream_options: { include_usage: true } }
    await post(this.raw.url, JSON.stringify(streaming), {
      onPiece: (piece) => piece.includes('"w0"') && onprogress(),
    })
    return 'w0 w1'
  }

  cpu() {
    return this.raw ? 0 : cpuMs(this.pid)
  }

  rss() {
    return this.raw ? Number.NaN : residentMb(this.pid)
  }
}

/** A client of a few lines, so that the server is what limits. */
export class LeanClient {
  #id = 0
  #waiting = new Map()

  constructor(server) {
    this.server = server
    this.target = server.spec[server.transport]
  }

  get pid() {
    return this.child?.pid ?? this.server.pid
  }

  async start() {
    const hello = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'lean', version: '1.0.0' },
    }
    const initialized = '{"jsonrpc":"2.0","method":"notifications/initialized"}'
    if (this.server.transport === 'stdio') {
      this.child = spawn(this.target.command, this.target.args, {
        env: environment(this.server.spec),
        stdio: ['pipe', 'pipe', 'ignore'],
      })
      this.child.stdout.setEncoding('utf8')
      this.#read(this.child.stdout)
      await this.#ask('initialize', hello)
      this.child.stdin.write(`${initialized}\n`)
    } else {
      await this.server.start()
      const body = { jsonrpc: '2.0', id: ++this.#id, method: 'initialize', params: hello }
      const { headers } = await this.#post(JSON.stringify(body))
      this.session = headers['mcp-session-id']
      await this.#post(initialized)
    }
  }

  #read(stdout) {
    let rest = ''
    stdout.on('data', (piece) => {
      const lines = (rest + piece).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        if (line[0] !== '{') continue
        const message = JSON.parse(line)
        if (message.method) continue
        this.#waiting.get(message.id)?.(message)
        this.#waiting.delete(message.id)
      }
    })
  }

  #post(body) {
    const headers = {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
    }
    if (this.session) headers['mcp-session-id'] = this.session
    return post(this.target.url, body, { headers })
  }

  async #ask(method, params) {
    const id = ++this.#id
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params })
    if (this.child) {
      return new Promise((resolve) => {
        this.#waiting.set(id, resolve)
        this.child.stdin.write(`${body}\n`)
      })
    }
    const { body: answer } = await this.#post(body)
    if (answer[0] === '{') return JSON.parse(answer)
    for (const line of answer.split('\n')) {
      if (!line.startsWith('data: {')) continue
      const message = JSON.parse(line.slice(6))
      if (message.id === id) return message
    }
    throw new Error(`no answer: ${answer.slice(0, 100)}`)
  }

  async call() {
    const { tool, args } = this.server.spec.ops.run
    const call = args({ prompt: 'Say something [[n=20]]', system })
    const { result } = await this.#ask('tools/call', { name: tool, arguments: call })
    if (!result?.content?.[0]?.text.includes('w0 w1')) throw new Error('unexpected answer')
  }

  async stop() {
    await ended(this.child, () => this.child.stdin.end())
    await this.server.stop()
  }
}

async function ended(child, ask) {
  if (!child || child.exitCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', () => resolve(true)))
  ask()
  if (!(await Promise.race([exit, sleep(stopMs)]))) child.kill('SIGKILL')
}
