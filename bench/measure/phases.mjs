// What is measured, and in which order. In every phase the servers take turns, round by round.
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { LeanClient, Server } from './clients.mjs'
import { stubStats } from './http.mjs'
import { median, percentile, rounded } from './numbers.mjs'
import { cpuMs, residentMb, spinMs } from './process.mjs'

/** The old generation of a server in the soak, in MB. */
const soakHeapMb = 32

export const phaseNames = [
  'deps',
  'cold',
  'seq',
  'stream',
  'loop',
  'extract',
  'growth',
  'size',
  'load',
  'lean',
  'soak',
]

/**
 * param plan `servers`, `phases`, `scale` (rounds), `transports`, `leanTransports`, `cells` ([upstream ms,
 *   in flight])
 *   and `soakCalls`
 * param results what is filled: `meta` and `servers`
 * param save called after each phase
 */
export async function measure(plan, results, save) {
  const bench = new Bench(plan, results)
  const wanted = new Set(plan.phases)
  const step = async (name, run) => {
    if (!wanted.has(name)) return
    bench.phase = name
    console.error(`${new Date().toTimeString().slice(0, 8)} ${name}`)
    await run()
    save()
  }
  await step('deps', () => bench.deps())
  await step('cold', () => bench.cold())
  for (const transport of plan.transports) await step('seq', () => bench.sequential(transport))
  await step('stream', () => bench.stream())
  await step('loop', () => bench.operation('loop', '[[n=20 tool=2]]', 'w0 w1'))
  await step('extract', () => bench.operation('extract', '[[so=1]]', 'stub text'))
  await step('growth', () => bench.growth())
  await step('size', () => bench.size())
  await step('load', () => bench.load())
  for (const transport of plan.leanTransports) await step('lean', () => bench.lean(transport))
  await step('soak', () => bench.soak())
}

class Bench {
  constructor(plan, results) {
    this.plan = plan
    this.results = results
  }

  /** Those that take part in this phase. */
  servers() {
    return this.plan.servers.filter(({ phases }) => phases?.includes(this.phase) ?? true)
  }

  rounds(count) {
    return Math.max(2, Math.round(count * this.plan.scale))
  }

  at({ name }, path) {
    this.results.servers[name] ??= {}
    let place = this.results.servers[name]
    for (const key of path.split('.')) {
      place[key] ??= {}
      place = place[key]
    }
    return place
  }

  push(server, path, key, ...values) {
    const place = this.at(server, path)
    place[key] ??= []
    place[key].push(
      ...values.map((value) => (typeof value === 'number' ? rounded(value, 4) : value)),
    )
  }

  noise() {
    this.results.meta.spin.push(rounded(spinMs(), 1))
    this.results.meta.load.push(rounded(loadavg()[0], 2))
  }

  /** Servers started together, in turns of both directions, and stopped whatever happens. */
  async together(op, transport, run) {
    const started = []
    try {
      for (const spec of this.servers()) {
        const server = new Server(spec, transport)
        if (!server.offers(op)) continue
        try {
          await server.start()
          started.push(server)
        } catch (error) {
          console.error(`${spec.name} over ${transport}: ${error.message}`)
        }
      }
      await run(started)
    } finally {
      for (const server of started) {
        if (server.errors > 0) {
          const { calls, errors, errorTexts } = server
          this.at(server, 'errors')[`${transport} ${op}`] = { errors, calls, errorTexts }
        }
        await server.stop()
      }
    }
  }

  async interleaved(servers, rounds, run) {
    for (let round = 0; round < rounds; round++) {
      this.noise()
      for (const server of round % 2 ? servers.toReversed() : servers) {
        const { maxRounds = rounds } = server.spec ?? server
        if (round < maxRounds) await run(server, round)
      }
    }
  }

  deps() {
    for (const spec of this.servers()) {
      if (spec.deps) Object.assign(this.at(spec, 'deps'), installed(spec.deps))
    }
  }

  async cold() {
    await this.interleaved(this.servers(), this.rounds(6), async (spec) => {
      for (const transport of this.plan.transports) {
        if (spec.raw) continue
        const server = new Server(spec, transport)
        const path = `cold.${transport}`
        try {
          const { list } = await server.start()
          this.push(spec, path, 'list', list)
          this.push(spec, path, 'rss', server.rss())
          await server.call('run', '[[n=20]]')
          this.push(spec, path, 'firstAnswer', performance.now() - server.startedAt)
          this.push(spec, path, 'cpu', server.cpu())
        } catch (error) {
          console.error(`${spec.name} over ${transport}: ${error.message}`)
        }
        await server.stop()
      }
    })
  }

  async sequential(transport) {
    const path = `seq.${transport}`
    const perRound = 50
    const thousand = 1_000
    await this.together('run', transport, async (servers) => {
      for (const server of servers) await repeat(60, () => server.call('run', '[[n=20]]'))
      await this.interleaved(servers, this.rounds(6), async (server) => {
        await repeat(3, () => server.call('run', '[[n=20]]'))
        const before = await stubStats()
        const cpu = server.cpu()
        const times = await repeat(perRound, () => server.call('run', '[[n=20]]'))
        this.push(server, path, 'cpu', (server.cpu() - cpu) / perRound)
        const after = await stubStats()
        this.push(server, path, 'p50', median(times))
        this.push(server, path, 'p95', percentile(times, 0.95))
        Object.assign(this.at(server, `${path}.upstream`), {
          requests: (after.requests - before.requests) / perRound,
          streams: (after.streams - before.streams) / perRound,
          connections: (after.connections - before.connections) / perRound,
        })
      })
      for (const server of servers) {
        if (server.raw) continue
        const rest = Math.max(0, thousand - server.calls)
        if (server.errors === 0) await repeat(rest, () => server.call('run', '[[n=20]]'))
        this.at(server, path).rssAfter1000 = rounded(server.rss(), 1)
      }
    })
  }

  async stream() {
    await this.together('run', 'stdio', async (servers) => {
      const listening = servers.filter(({ raw, spec }) => raw || spec.progress)
      for (const server of servers) await repeat(20, () => server.call('run', '[[n=20]]'))
      await this.interleaved(listening, this.rounds(7), async (server) => {
        const start = performance.now()
        let first = Number.NaN
        const onprogress = () => {
          if (Number.isNaN(first)) first = performance.now() - start
        }
        await server.call('run', '[[n=10 tpt=20]]', { onprogress })
        this.push(server, 'stream', 'first', first)
      })
      // A thousand tokens, one write of the socket each, with and without a listener.
      await this.interleaved(servers, this.rounds(4), async (server) => {
        const quiet = await repeat(4, () => server.call('run', '[[n=1000 flush=1]]'))
        this.push(server, 'stream', 'thousand', median(quiet))
        if (server.raw || !server.spec.progress) return
        const heard = await repeat(3, () =>
          server.call('run', '[[n=1000 flush=1]]', { onprogress: () => {} }),
        )
        this.push(server, 'stream', 'thousandHeard', median(heard))
      })
    })
  }

  async operation(op, marker, expect) {
    const perRound = 20
    await this.together(op, 'stdio', async (servers) => {
      const called = servers.filter(({ raw }) => !raw)
      for (const server of called) await repeat(30, () => server.call(op, marker, { expect }))
      await this.interleaved(called, this.rounds(6), async (server) => {
        const times = await repeat(perRound, () => server.call(op, marker, { expect }))
        this.push(server, op, 'p50', median(times))
      })
    })
  }

  async growth() {
    const turns = 200
    await this.together('session', 'stdio', async (servers) => {
      for (const server of servers) await repeat(60, () => server.call('run', '[[n=20]]'))
      let session = 0
      await this.interleaved(servers, this.rounds(3), async (server) => {
        session++
        const options = { session: `s${session}` }
        const times = await repeat(turns, () => server.call('session', '[[n=50]]', options))
        this.push(
          server,
          'growth',
          'turns',
          times.map((time) => rounded(time)),
        )
      })
    })
  }

  async size() {
    await this.together('run', 'stdio', async (servers) => {
      const called = servers.filter(({ raw }) => !raw)
      for (const server of called) await repeat(40, () => server.call('run', '[[n=20]]'))
      for (const kb of [1, 100, 1_000, 10_000]) {
        const padding = 'lorem ipsum dolor. '.repeat(Math.ceil((kb * 1_000) / 19))
        await this.interleaved(called, this.rounds(3), async (server) => {
          this.push(server, 'size', `${kb}`, await server.call('run', '[[n=20]]', { padding }))
        })
      }
    })
  }

  async load() {
    await this.together('run', 'stdio', async (servers) => {
      for (const server of servers) await repeat(40, () => server.call('run', '[[n=20]]'))
      for (const [ms, inFlight] of this.plan.cells) {
        const marker = ms > 0 ? `[[n=20 ttft=${ms}]]` : '[[n=20]]'
        const able = servers.filter(({ spec }) => inFlight <= (spec.maxInFlight ?? inFlight))
        await this.interleaved(able, this.rounds(2), async (server) => {
          const call = () => server.call('run', marker)
          const { perSecond, failed } = await closedLoop(call, inFlight, { ms: 1_500 })
          this.push(server, `load.${ms}ms`, `${inFlight}`, perSecond)
          if (failed > 0) this.push(server, `load.${ms}ms`, `${inFlight} failed`, failed)
        })
      }
    })
  }

  async lean(transport) {
    const servers = this.servers().filter(({ raw }) => !raw)
    await this.interleaved(servers, this.rounds(2), async (spec) => {
      const client = new LeanClient(new Server(spec, transport))
      try {
        await client.start()
        const call = () => client.call()
        await closedLoop(call, 64, { ms: 1_500, calls: 4_000 })
        const cpu = cpuMs(client.pid)
        const { perSecond, calls } = await closedLoop(call, 64, { ms: 2_500 })
        this.push(spec, `lean.${transport}`, 'perSecond', perSecond)
        this.push(spec, `lean.${transport}`, 'cpu', (cpuMs(client.pid) - cpu) / calls)
      } catch (error) {
        console.error(`${spec.name} over ${transport}: ${error.message}`)
      }
      await client.stop()
    })
  }

  /** On a heap that cannot grow with the machine: what is kept shows, and garbage does not. */
  async soak() {
    for (const spec of this.servers()) {
      if (!spec.soak) continue
      const env = { ...spec.env, NODE_OPTIONS: `--max-old-space-size=${soakHeapMb}` }
      const client = new LeanClient(new Server({ ...spec, env }, 'stdio'))
      await client.start()
      const points = []
      const step = this.plan.soakCalls / 20
      for (let calls = 0; calls < this.plan.soakCalls; calls += step) {
        await closedLoop(() => client.call(), 64, { ms: 60_000, calls: step })
        points.push([calls + step, rounded(residentMb(client.pid), 1)])
      }
      this.push(spec, 'soak', 'rss', ...points)
      await client.stop()
    }
  }
}

async function repeat(count, run) {
  const results = []
  for (let i = 0; i < count; i++) results.push(await run())
  return results
}

async function closedLoop(call, inFlight, { ms, calls = Number.POSITIVE_INFINITY }) {
  const start = performance.now()
  let begun = 0
  let good = 0
  let failed = 0
  const one = async () => {
    while (begun < calls && performance.now() < start + ms) {
      begun++
      try {
        if (Number.isNaN(await call())) failed++
        else good++
      } catch {
        failed++
      }
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  return { perSecond: (good / (performance.now() - start)) * 1_000, calls: good, failed }
}

function installed({ kind, path }) {
  if (!existsSync(path)) return {}
  const tools = /^(pip|setuptools|wheel|_distutils_hack|pkg_resources|distutils-precedence)/
  const entries = kind === 'pip' ? readdirSync(path).filter((name) => !tools.test(name)) : []
  if (kind === 'pip') {
    return {
      mb: rounded(entries.reduce((sum, name) => sum + bytes(join(path, name)), 0) / 1e6, 1),
      packages: entries.filter((name) => name.endsWith('.dist-info')).length,
    }
  }
  const packages = kind === 'npm' ? npmPackages(path) : 1
  return { mb: rounded(bytes(path) / 1e6, 1), packages }
}

/** On disk, blocks and folders counted; what Python and Node compile is left out. */
function bytes(path) {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return 0
  if (!stat.isDirectory()) return stat.blocks * 512
  let total = 4_096
  for (const name of readdirSync(path)) {
    if (name !== '.cache' && name !== '__pycache__') total += bytes(join(path, name))
  }
  return total
}

function npmPackages(folder) {
  if (!existsSync(folder)) return 0
  let count = 0
  for (const name of readdirSync(folder)) {
    if (name.startsWith('.')) continue
    const below = name.startsWith('') ? readdirSync(join(folder, name)) : ['']
    for (const sub of below) {
      const path = join(folder, name, sub)
      if (existsSync(join(path, 'package.json'))) count++
      count += npmPackages(join(path, 'node_modules'))
    }
  }
  return count
}
