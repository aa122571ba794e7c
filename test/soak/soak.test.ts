import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectHttp, type HttpServer, startHttp } from '../helpers/connect.js'
import {
  errorStep,
  type FakeProvider,
  type ModelRequest,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'
import { Random } from '../helpers/random.js'
import { reportTrust, trusting } from '../helpers/trust.js'

const seconds = Number(process.env.SOAK_SECONDS ?? (trusting ? 300 : 20))
const concurrency = 64
const clientCount = 8
const heapMb = 192

let fake: FakeProvider
let server: HttpServer

beforeAll(async () => {
  fake = await startFakeProvider()
  fake.script(answer)
  const args = { api_base: `${fake.url}/v1`, api_key: testKey, num_retries: 1 }
  const config = configFile({
    defaults: { modelId: 'openai/gpt-4o-mini' },
    clientArgs: { openai: args },
  })
  const env = { NODE_OPTIONS: `--max-old-space-size=${heapMb}` }
  server = await startHttp(env, ['--config', config, '--no-auth'])
})
afterAll(async () => {
  await server.stop()
  await fake.close()
})

/** Stands in the queue at all times. What it does is told by the prompt. */
function answer({ lastUserText }: ModelRequest): Step {
  fake.script(answer)
  switch (/\[(\w+)\]/.exec(lastUserText)?.[1]) {
    case 'slow':
      return { text: 'All in good time.', betweenChunksMs: 100 }
    case 'refused':
      return errorStep(429, undefined, { 'retry-after': '0' })
    case 'reset':
      return { text: 'This breaks off.', end: 'reset' }
    default:
      return { text: 'All is well.' }
  }
}

const parted = new WeakSet<Connection>()
const counts = { calls: 0, completed: 0, failed: 0, cancelled: 0, reconnects: 0 }
/** Of answers that came whole, at both ends. */
const sums = { told: 0, billed: 0 }

test(
  `${seconds} s of mixed calls, cancels, faults and reconnects leave nothing behind`,
  async () => {
    const clients = await Promise.all(Array.from({ length: clientCount }, open))
    const until = Date.now() + seconds * 1000
    const samples: Sample[] = []
    const sampler = setInterval(() => samples.push(sample(server.pid)), Math.max(500, seconds * 10))
    const workers = Array.from({ length: concurrency }, (_, at) => work(clients, at, until))
    await Promise.all(workers).finally(() => clearInterval(sampler))

    const [client] = clients as [Connection]
    const running = await client.call('list_runs', { status: 'running' })
    expect(running.structuredContent.runs).toEqual([])
    expect(sums.told).toBe(sums.billed)
    expect(counts.completed).toBeGreaterThan(0)
    for (const one of clients) await one.close()

    // The first third warms up.
    const steady = samples.slice(Math.floor(samples.length / 3))
    const memory = slope(steady.map(({ at, megabytes }) => [at, megabytes]))
    const handles = slope(steady.map(({ at, descriptors }) => [at, descriptors]))
    reportTrust('soak', {
      seconds,
      concurrency,
      ...counts,
      tokens: sums.told,
      heapMb,
      memoryMbPerMinute: rounded(memory * 60),
      handlesPerMinute: rounded(handles * 60),
      lastMb: rounded(steady.at(-1)?.megabytes ?? 0),
    })
    // A slope of a few seconds says little: what is kept for later calls has not filled up.
    if (seconds >= 240) {
      expect(memory * 60).toBeLessThan(5)
      expect(handles * 60).toBeLessThan(5)
    }
  },
  (seconds + 60) * 1000,
)

async function open() {
  return connectHttp('2026', server)
}

async function work(clients: Connection[], at: number, until: number): Promise<void> {
  const random = new Random('soak', at)
  while (Date.now() < until) {
    const slot = at % clients.length
    // One of the workers of a client may part with it, and the others' calls end.
    if (at < clients.length && random.chance(0.02)) {
      counts.reconnects++
      const old = clients[slot] as Connection
      clients[slot] = await open()
      parted.add(old)
      await old.close()
    }
    const kind = random.one(['well', 'well', 'well', 'slow', 'refused', 'reset', 'cancelled'])
    await one(clients[slot] as Connection, kind, `${at}-${counts.calls++}`, random)
  }
}

async function one(client: Connection, kind: string, id: string, random: Random): Promise<void> {
  const prompt = `[${kind === 'cancelled' ? 'slow' : kind}] <${id}>`
  const sessionId = random.chance(0.2) && { sessionId: `s${random.below(20)}-${id}` }
  const listening = random.chance(0.3) && { onprogress: () => {} }
  const cancel = kind === 'cancelled' && { signal: AbortSignal.timeout(50 + random.below(100)) }
  try {
    const { structuredContent: result } = await client.call(
      'run_agent',
      { prompt, ...sessionId },
      { ...listening, ...cancel },
    )
    if (result.status !== 'completed') counts.failed++
    else {
      counts.completed++
      sums.told += result.usage.totalTokens
      sums.billed += billOf(id)
    }
  } catch (error) {
    // Whoever leaves leaves calls behind: they are cancelled.
    if (kind !== 'cancelled' && !parted.has(client)) throw error
    counts.cancelled++
  }
  forget(id)
}

function billOf(id: string): number {
  const [request] = fake.requests.filter(({ rawBody }) => rawBody.includes(`<${id}>`))
  const { input = 0, read = 0, written5m = 0, written1h = 0, output = 0 } = request?.billed ?? {}
  return input + read + written5m + written1h + output
}

/** The provider remembers every request, for hours on end too many. */
function forget(id: string): void {
  const at = fake.requests.findIndex(({ rawBody }) => rawBody.includes(`<${id}>`))
  if (at !== -1) fake.requests.splice(at, 1)
}

interface Sample {
  at: number
  megabytes: number
  descriptors: number
}

function sample(pid: number): Sample {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return {
    at: performance.now() / 1000,
    megabytes: (Number(pages) * 4096) / 2 ** 20,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  }
}

/** Of the line that fits best. */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const middle = mean(points.map(([x]) => x))
  const level = mean(points.map(([, y]) => y))
  const rise = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - level), 0)
  const run = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0)
  return run === 0 ? 0 : rise / run
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
