import { configFile } from './config-file.js'
import { connectHttp, type HttpServer, startHttp } from './connect.js'
import { type JsonObject, type ModelRequest, startFakeProvider } from './fake-provider/index.js'
import { startPostgres } from './postgres.js'
import { type Environment, upstream } from './program.js'

export interface ChaosOptions {
  nodes: number
  runs: number
  /** Model calls of each run. */
  cycles: number
  /** How long the provider takes for each. */
  callMs: number
  /** Runs that a node works on at once. */
  runsPerNode: number
  /** At most; no more are killed once all runs have ended. */
  kills: number
  killEveryMs: number
}

export interface ChaosReport {
  ms: number
  kills: number
  /** The ends of the runs, in the order they were started. */
  results: JsonObject[]
  /** By run: calls the provider was paid for beyond one for each cycle, and how often nodes took the run on. */
  paidAgain: { calls: number; takenOn: number }[]
  /** What the provider counted, for those calls and in all, and what the server says it was. */
  tokens: { counted: number; again: number; reported: number; totals: number }
}

const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }
const token = 'a-token-for-the-chaos-test-0123456789'

/** Several servers on one database, killed at random and started again while they work on runs. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const postgres = await startPostgres()
  const database = await postgres.database()
  const provider = await startFakeProvider()
  const calls = new Map<string, number>()
  const answer = (request: ModelRequest) => {
    const { prompt, cycle } = placeOf(request)
    calls.set(`${prompt}/${cycle}`, (calls.get(`${prompt}/${cycle}`) ?? 0) + 1)
    const toolCalls = [
      { id: `call_${cycle}`, name: 'calculator', arguments: { expression: '1+1' } },
    ]
    const last = cycle === options.cycles
    const said = last ? { text: `The end of ${prompt}` } : { toolCalls }
    return { ...said, usage, delayMs: options.callMs }
  }
  provider.script(...Array.from({ length: 10 * options.runs * options.cycles }, () => answer))
  const env = {
    ...upstream(provider),
    DATABASE_URL: database.url,
    LITELLM_AGENTS_AUTH_TOKEN: token,
    LITELLM_AGENTS_CONFIG: configFile({ runs: { maxConcurrent: options.runsPerNode } }),
  }
  const cluster = await Cluster.start(options.nodes, env)
  const startedAt = Date.now()
  try {
    const prompts = Array.from({ length: options.runs }, (_, index) => `task ${index}`)
    const runIds = await Promise.all(
      prompts.map(async (prompt) => {
        const args = { prompt, tools: ['calculator'], idempotencyKey: prompt, waitSeconds: 0 }
        return (await cluster.call('run_agent', args)).runId as string
      }),
    )
    const over = new AbortController()
    const killing = cluster.killAtRandom(options.kills, options.killEveryMs, over.signal)
    const results = await Promise.all(runIds.map((runId) => cluster.result(runId)))
    const ms = Date.now() - startedAt
    over.abort()
    const kills = await killing
    const totals = await cluster.usageTotals()
    const taken = await database.query('SELECT run_id, attempts FROM litellm_agents.runs')
    const takenOn = new Map(taken.map((row) => [row.run_id, row.attempts as number]))
    const paidAgain = prompts.map((prompt, index) => ({
      calls: extraCalls(calls, prompt),
      takenOn: takenOn.get(runIds[index]) ?? 0,
    }))
    const paid = [...calls.values()].reduce((sum, count) => sum + count, 0)
    const again = paidAgain.reduce((sum, run) => sum + run.calls, 0)
    const reported = results.reduce((sum, result) => sum + result.usage.totalTokens, 0)
    const { total_tokens } = usage
    const tokens = { counted: paid * total_tokens, again: again * total_tokens, reported, totals }
    return { ms, kills, results, paidAgain, tokens }
  } finally {
    await cluster.stop()
    await provider.close()
    await postgres.stop()
  }
}

/** Which run's request this is, and of which of its cycles. */
function placeOf({ body }: ModelRequest): { prompt: string; cycle: number } {
  const messages: JsonObject[] = body.messages
  const said = messages.find(({ role }) => role === 'user')?.content
  const prompt = typeof said === 'string' ? said : said[0].text
  return { prompt, cycle: messages.filter(({ role }) => role === 'tool').length + 1 }
}

function extraCalls(calls: ReadonlyMap<string, number>, prompt: string): number {
  return [...calls]
    .filter(([place]) => place.startsWith(`${prompt}/`))
    .reduce((sum, [, count]) => sum + count - 1, 0)
}

interface Node {
  server: HttpServer
  client: Awaited<ReturnType<typeof connectHttp>>
}

/** Servers behind something that sends each request to any one that lives. */
class Cluster {
  private constructor(
    private readonly env: Environment,
    private readonly nodes: (Node | undefined)[],
  ) {}

  static async start(count: number, env: Environment): Promise<Cluster> {
    return new Cluster(env, await Promise.all(Array.from({ length: count }, () => startNode(env))))
  }

  /** A tool's structured content; a call that its node did not live to answer is made again. */
  async call(tool: string, args: JsonObject): Promise<JsonObject> {
    while (true) {
      const alive = this.nodes.filter((node) => node !== undefined)
      const node = alive[Math.floor(Math.random() * alive.length)]
      try {
        if (node) return (await node.client.call(tool, args)).structuredContent
      } catch {
        // It was killed; there are others.
      }
      await sleep(100)
    }
  }

  async result(runId: string): Promise<JsonObject> {
    while (true) {
      const result = await this.call('get_run', { runId, waitSeconds: 10 })
      if (result.status !== 'running') return result
    }
  }

  /** How often it did. */
  async killAtRandom(times: number, everyMs: number, over: AbortSignal): Promise<number> {
    for (let time = 0; time < times; time++) {
      await sleep(everyMs * (0.5 + Math.random()))
      if (over.aborted) return time
      const index = Math.floor(Math.random() * this.nodes.length)
      const node = this.nodes[index]
      this.nodes[index] = undefined
      await node?.server.stop()
      this.nodes[index] = await startNode(this.env)
    }
    return times
  }

  /** Tokens by the resource of usage. */
  async usageTotals(): Promise<number> {
    const node = this.nodes.find((one) => one !== undefined)
    const read = await node?.client.request('resources/read', { uri: 'litellm-agents://usage' })
    const { totals } = JSON.parse(read?.contents[0].text)
    return totals.reduce((sum: number, row: JsonObject) => sum + row.usage.totalTokens, 0)
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node?.server.stop()))
  }
}

async function startNode(env: Environment): Promise<Node> {
  const server = await startHttp(env)
  return { server, client: await connectHttp('2026', server) }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
