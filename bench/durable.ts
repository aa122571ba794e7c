// Runs in this process against runs on PostgreSQL, by runs in flight and by servers.
//   npm run build && npx tsx bench/durable.ts
// Writes the table of docs/performance.md between its markers; needs no set-up.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { configFile } from '../test/helpers/config-file.js'
import { connectHttp, startHttp } from '../test/helpers/connect.js'
import { type ModelRequest, startFakeProvider } from '../test/helpers/fake-provider/index.js'
import { startPostgres } from '../test/helpers/postgres.js'
import { upstream } from '../test/helpers/program.js'

const inFlight = [1, 10, 100, 1000]
const callMs = 50
const secondsEach = 4
const docs = new URL('../docs/performance.md', import.meta.url)

interface Setting {
  name: string
  servers: number
  durable: boolean
}

const settings: Setting[] = [
  { name: 'in process', servers: 1, durable: false },
  { name: 'PostgreSQL, 1 server', servers: 1, durable: true },
  { name: 'PostgreSQL, 2 servers', servers: 2, durable: true },
  { name: 'PostgreSQL, 3 servers', servers: 3, durable: true },
]

const rows: string[] = []
for (const setting of settings) {
  const cells = await measure(setting)
  rows.push(`| ${setting.name} | ${cells.join(' | ')} |`)
  process.stdout.write(`${rows.at(-1)}\n`)
}
const [model] = cpus()
const table = [
  `Runs/s, and the median of a run's time in milliseconds, by runs in flight: two model calls of ${callMs} ms with a calculator call between them, over HTTP, on ${cpus().length} cores (${model?.model.trim()}) that also ran the client, the provider and PostgreSQL.`,
  '',
  `| engine | ${inFlight.join(' | ')} |`,
  `|---|${inFlight.map(() => '---').join('|')}|`,
  ...rows,
].join('\n')
const [before, , after] = readFileSync(docs, 'utf8').split(/<!-- \/?durable -->/)
if (after === undefined) throw new Error('docs/performance.md has no place for the table.')
writeFileSync(docs, `${before}<!-- durable -->\n${table}\n<!-- /durable -->${after}`)
process.exit(0)

async function measure({ servers: count, durable }: Setting): Promise<string[]> {
  const postgres = durable ? await startPostgres() : undefined
  const database = await postgres?.database()
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
  const servers = await Promise.all(Array.from({ length: count }, () => startHttp(env)))
  const clients = await Promise.all(servers.map((server) => connectHttp('2026', server)))
  const run = async (index: number) => {
    const client = clients[index % clients.length]
    const result = await client?.call('run_agent', { prompt: 'Go', tools: ['calculator'] })
    if (result?.structuredContent.text !== '42') throw new Error(JSON.stringify(result))
  }
  await Promise.all(clients.map((_, index) => run(index)))
  const cells: string[] = []
  for (const width of inFlight) cells.push(await cell(width, run))
  await Promise.all(servers.map((server) => server.stop()))
  await provider.close()
  await postgres?.stop()
  return cells
}

/** So many at once, for some seconds. */
async function cell(width: number, run: (index: number) => Promise<void>): Promise<string> {
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
  const median = times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0
  return `${(times.length / seconds).toFixed(times.length / seconds < 100 ? 1 : 0)} (${Math.round(median)} ms)`
}
