import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import {
  type ClientKind,
  type Connection,
  connectHttp,
  connectStdio,
  type Door,
  type Filled,
  type HttpServer,
  startHttp,
} from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { program, testKey } from '../helpers/program.js'
import { Random } from '../helpers/random.js'
import { reportTrust, trusting } from '../helpers/trust.js'
import { anyKind, callOfKind, type Outcome } from './calls.js'
import { Ledger } from './ledger.js'
import { scripted } from './provider.js'
import { cpuSeconds, type Sample, sample, slopes } from './samples.js'

/*
 * 64 calls in work at all times, of every kind, by clients of both eras at both doors. What takes long
 * is the provider, so that five minutes of it go on beside other tests.
 */

const seconds = Number(process.env.SOAK_SECONDS ?? (trusting ? 300 : 20))
const isLong = seconds >= 240
const paceMs = isLong ? 4_000 : 1_000
const workersOfClient = 8
const heapMb = 192

const seats: readonly [ClientKind, Door][] = [
  ['2026', 'http'],
  ['2026', 'http'],
  ['2025', 'http'],
  ['2025', 'http'],
  ['sdk1', 'http'],
  ['sdk1', 'http'],
  ['2026', 'stdio'],
  ['sdk1', 'stdio'],
]

let fake: FakeProvider
let http: HttpServer
const ledger = new Ledger(() => fake)
const keys = { http: testKey, stdio: `${testKey}-stdio` }
const configs: Partial<Record<Door, string>> = {}

beforeAll(async () => {
  fake = await startFakeProvider()
  scripted(fake, ledger, new Random('provider'), paceMs)
  for (const door of ['http', 'stdio'] as const)
    configs[door] = configFile(configuration(keys[door]))
  const env = { NODE_OPTIONS: `--max-old-space-size=${heapMb}` }
  http = await startHttp(env, ['--config', String(configs.http), '--no-auth'])
})
afterAll(async () => {
  await http.stop()
  await fake.close()
})

function configuration(api_key: string) {
  return {
    defaults: { modelId: 'openai/gpt-4o-mini' },
    clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key, num_retries: 1 } },
    agents: { careful: { tools: ['calculator'], approval: ['calculator'] } },
    // What is kept for later calls is soon as much as it ever will be.
    runs: { resultTtlSeconds: 30 },
  }
}

const counts = { calls: 0, completed: 0, failed: 0, cancelled: 0, left: 0, reconnects: 0 }
let tokens = 0
/** Calls whose callers left, with what the provider had perhaps told just then. */
const lost = new Set<string>()
const parted = new WeakSet<Connection>()

test(
  `${seconds} s of mixed calls, cancels, faults and reconnects leave nothing behind`,
  async () => {
    const clients = await Promise.all(seats.map(open))
    const until = Date.now() + seconds * 1000
    const samples: Sample[] = []
    const cpuBefore = { server: cpuSeconds(http.pid), all: cpuOfAll() }
    const sampler = setInterval(() => samples.push(sample(http.pid)), Math.max(500, seconds * 10))
    const workers = seats.flatMap((_, seat) =>
      Array.from({ length: workersOfClient }, (_, at) => work(clients, seat, at, until)),
    )
    await Promise.all(workers).finally(() => clearInterval(sampler))
    const cpu = { server: cpuSeconds(http.pid), all: cpuOfAll() }

    const [client] = clients as [Connection]
    const running = async () =>
      (await client.call('list_runs', { status: 'running' })).structuredContent.runs
    await expect.poll(running, { timeout: 40_000, interval: 500 }).toEqual([])
    expect(http.stderr()).not.toContain('unexpectedly')
    expect(counts.completed).toBeGreaterThan(counts.failed)

    const { totals } = await read(client, 'litellm-agents://usage')
    const told = totals.reduce(
      (sum: number, { usage }: JsonObject) => sum + (usage?.totalTokens ?? 0),
      0,
    )
    const { least, most } = ledger.totals(keys.http, lost)
    expect(told).toBeGreaterThanOrEqual(least)
    expect(told).toBeLessThanOrEqual(most)
    for (const one of clients) await one.close()

    const { megabytes, descriptors } = slopes(samples)
    const passed = samples.length > 1 ? seconds : 1
    reportTrust('soak', {
      seconds,
      concurrency: workers.length,
      ...counts,
      tokens,
      heapMb,
      memoryMbPerMinute: rounded(megabytes),
      handlesPerMinute: rounded(descriptors),
      lastMb: rounded(samples.at(-1)?.megabytes ?? 0),
      cpuPercent: rounded((100 * (cpu.all - cpuBefore.all)) / passed),
    })
    // A slope of a few seconds says little: what is kept for later calls has not filled up.
    if (isLong) {
      expect(megabytes).toBeLessThan(5)
      expect(descriptors).toBeLessThan(5)
    }
  },
  (seconds + 90) * 1000,
)

/** Of the test, with the provider and the clients in it, and of the server over HTTP. */
function cpuOfAll(): number {
  return cpuSeconds(process.pid) + cpuSeconds(http.pid)
}

async function read(client: Connection, uri: string): Promise<JsonObject> {
  return JSON.parse((await client.request('resources/read', { uri })).contents[0].text)
}

const allow = (): Filled => ({ action: 'accept', content: { allow: true } })

function open([kind, door]: readonly [ClientKind, Door]): Promise<Connection> {
  return door === 'http'
    ? connectHttp(kind, http, allow)
    : connectStdio(kind, {}, ['--config', String(configs.stdio)], program, allow)
}

async function work(clients: Connection[], seat: number, at: number, until: number): Promise<void> {
  const random = new Random('soak', seat, at)
  while (Date.now() < until) {
    // One of the workers of a client may part with it, and the others' calls end.
    if (at === 0 && random.chance(0.03)) await reconnect(clients, seat)
    const client = clients[seat] as Connection
    const id = `w${seat}${at}c${counts.calls++}`
    const kind = anyKind(random)
    try {
      const gone = () => parted.has(client)
      count(id, kind, await callOfKind(kind, { client, id, random, ledger, paceMs, gone }))
    } catch (error) {
      if (!parted.has(client))
        throw new Error(`${kind} by ${seats[seat]}: ${error} ${codeOf(error)}`, { cause: error })
      for (const call of [id, `${id}first`]) lost.add(call)
      counts.left++
    }
  }
}

/** Of an answer that is none of MCP's, its status. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? `(${error.code})` : ''
}

async function reconnect(clients: Connection[], seat: number): Promise<void> {
  counts.reconnects++
  const old = clients[seat] as Connection
  parted.add(old)
  clients[seat] = await open(seats[seat] as (typeof seats)[number])
  await old.close()
}

function count(id: string, kind: string, outcome: Outcome): void {
  if (outcome === 'left') {
    // The one that left while the provider was silent has lost nothing.
    if (kind === 'leftAtAnyTime') lost.add(id)
    counts.left++
    return
  }
  const { status, usage } = outcome.result
  const told = usage?.totalTokens ?? 0
  expect({ id, kind, status, told }).toEqual({ id, kind, status, told: ledger.billOf(id) })
  expect(status).toMatch(/^(completed|failed|cancelled)$/)
  counts[status as 'completed' | 'failed' | 'cancelled']++
  tokens += told
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
