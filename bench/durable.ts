// Runs in this process against runs on PostgreSQL, by runs in flight and by servers.
//   npm run build && npm run bench -- durable [--nodes 0,1,2,3] [--in-flight 1,10,100,1000]
//     [--seconds 4] [--fsync] [--statements] [--no-report]
// 0 nodes stands for runs in process. --statements lists the most frequent statements.
// Writes the tables of docs/performance.md between their markers; needs no set-up.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { configFile } from '../test/helpers/config-file.js'
import { connectHttp, startHttp } from '../test/helpers/connect.js'
import { type ModelRequest, startFakeProvider } from '../test/helpers/fake-provider/index.js'
import { startOwnPostgres } from '../test/helpers/postgres.js'
import { upstream } from '../test/helpers/program.js'
import {
  countingFlags,
  countStatements,
  type Spent,
  startCosts,
  statementsOf,
} from './database-costs.js'

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    nodes: { type: 'string', default: '0,1,2,3' },
    'in-flight': { type: 'string', default: '1,10,100,1000' },
    seconds: { type: 'string', default: '4' },
    fsync: { type: 'boolean', default: false },
    statements: { type: 'boolean', default: false },
    report: { type: 'boolean', default: true },
  },
})
const numbers = (list: string) => list.split(',').map(Number)
const inFlight = numbers(options['in-flight'])
const secondsEach = Number(options.seconds)
const callMs = 50
const idleMs = 5_000
const docs = new URL('../docs/performance.md', import.meta.url)

interface Cell {
  name: string
  width: number
  runsPerSecond: number
  medianMs: number
  runs: number
  spent: Spent | undefined
}

const cells: Cell[] = []
const idle: string[] = []
for (const nodes of numbers(options.nodes)) await measure(nodes)

const [model] = cpus()
const speed = [
  `Runs/s, and the median of a run's time in milliseconds, by runs in flight: two model calls of ${callMs} ms with a calculator call between them, over HTTP, on ${cpus().length} cores (${model?.model.trim()}) that also ran the client, the provider and PostgreSQL (fsync ${options.fsync ? 'on' : 'off'}).`,
  '',
  `| engine | ${inFlight.join(' | ')} |`,
  `|---|${inFlight.map(() => '---').join('|')}|`,
  ...[...new Set(cells.map(({ name }) => name))].map((name) => {
    const row = cells.filter((cell) => cell.name === name)
    return `| ${name} | ${row.map(({ runsPerSecond, medianMs }) => `${short(runsPerSecond)} (${Math.round(medianMs)} ms)`).join(' | ')} |`
  }),
]
const costs = [
  'What a run costs, by pg_stat_statements and the processor time of the processes:',
  '',
  '| engine | in flight | statements, ours | DBOS | BEGIN and COMMIT | in all | CPU ms, nodes | CPU ms, PostgreSQL | ms in statements |',
  '|---|---|---|---|---|---|---|---|---|',
  ...cells.flatMap(({ name, width, runs, spent }) => {
    if (!spent) return []
    const { ours, dbos, transactions, nodesMs, postgresMs, statementMs } = spent
    const all = ours + dbos + transactions
    const parts = [ours, dbos, transactions, all, nodesMs, postgresMs, statementMs]
    return [`| ${name} | ${width} | ${parts.map((part) => short(part / runs)).join(' | ')} |`]
  }),
  '',
  `Statements per second of a node without runs: ${idle.join(', ')}.`,
]
const table = [...speed, '', ...costs].join('\n')
process.stdout.write(`${table}\n`)
if (options.report) {
  const [before, , after] = readFileSync(docs, 'utf8').split(/<!-- \/?durable -->/)
  if (after === undefined) throw new Error('docs/performance.md has no place for the table.')
  writeFileSync(docs, `${before}<!-- durable -->\n${table}\n<!-- /durable -->${after}`)
}
process.exit(0)

async function measure(nodes: number): Promise<void> {
  const name = nodes === 0 ? 'in process' : `PostgreSQL, ${nodes} server${nodes > 1 ? 's' : ''}`
  const postgres =
    nodes === 0 ? undefined : await startOwnPostgres({ flags: countingFlags, fsync: options.fsync })
  const database = await postgres?.database()
  if (database) await countStatements(database)
  const provider = await startFakeProvider()
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }
  const calculation = { id: 'call_1', name: 'calculator', arguments: { expression: '6*7' } }
  const answer = ({ toolResults }: ModelRequest) => ({
    ...(toolResults.length > 0 ? { text: '42' } : { toolCalls: [calculation] }),
    usage,
    delayMs: callMs,
  })
  for (let calls = 0; calls < 100_000; calls++) provider.script(answer)
  const env = {
    ...upstream(provider),
    LITELLM_AGENTS_AUTH_TOKEN: 'a-token-for-the-bench-0123456789',
    LITELLM_AGENTS_LOG_LEVEL: 'error',
    LITELLM_AGENTS_CONFIG: configFile({ runs: { maxConcurrent: 1000, maxQueued: 10_000 } }),
    ...(database && { DATABASE_URL: database.url }),
  }
  const servers = await Promise.all(
    Array.from({ length: Math.max(1, nodes) }, () => startHttp(env)),
  )
  const clients = await Promise.all(servers.map((server) => connectHttp('2026', server)))
  const run = async (index: number) => {
    const client = clients[index % clients.length]
    const result = await client?.call('run_agent', { prompt: 'Go', tools: ['calculator'] })
    if (result?.structuredContent.text !== '42') throw new Error(JSON.stringify(result))
  }
  const begin = async () => {
    if (!database || !postgres) return async () => undefined
    const pids = { nodes: servers.map(({ pid }) => pid), postmaster: postgres.pid() }
    return startCosts(database, pids)
  }
  // The first runs compile code and fill caches.
  await Promise.all(Array.from({ length: 30 * servers.length }, (_, index) => run(index)))
  if (database) {
    await sleep(2_000)
    const end = await begin()
    await sleep(idleMs)
    const spent = await end()
    const statements = spent && spent.ours + spent.dbos + spent.transactions
    idle.push(`${short((statements ?? 0) / nodes / (idleMs / 1000))} (${name})`)
    if (options.statements) await list(`${name}, idle`, idleMs / 1000)
  }
  for (const width of inFlight) {
    const end = await begin()
    const { times, seconds } = await load(width, run)
    const spent = await end()
    const medianMs = times[Math.floor(times.length / 2)] ?? 0
    const runs = times.length
    cells.push({ name, width, runsPerSecond: runs / seconds, medianMs, runs, spent })
    process.stderr.write(`${name}, ${width} in flight: ${short(runs / seconds)} runs/s\n`)
    if (options.statements) await list(`${name}, ${width} in flight`, runs)
  }
  await Promise.all(servers.map((server) => server.stop()))
  await provider.close()
  await postgres?.stop()

  async function list(title: string, by: number): Promise<void> {
    if (!database) return
    process.stderr.write(`${title}, by run or second:\n`)
    for (const { query, calls, ms } of (await statementsOf(database)).slice(0, 40)) {
      const text = query.replace(/\s+/g, ' ').slice(0, 110)
      process.stderr.write(`${short(calls / by).padStart(8)} ${short(ms / by)} ms  ${text}\n`)
    }
  }
}

/** So many runs at once, for some seconds. Returns the times of runs in ascending order. */
async function load(width: number, run: (index: number) => Promise<void>) {
  const times: number[] = []
  const startedAt = performance.now()
  const over = () => performance.now() - startedAt > secondsEach * 1000
  const worker = async (index: number) => {
    do {
      const at = performance.now()
      await run(index)
      times.push(performance.now() - at)
    } while (!over())
  }
  await Promise.all(Array.from({ length: width }, (_, index) => worker(index)))
  const seconds = (performance.now() - startedAt) / 1000
  return { times: times.sort((one, other) => one - other), seconds }
}

function short(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)
}
