import { configFile } from '../helpers/config-file.js'
import { type Connection, connectHttp, startHttp } from '../helpers/connect.js'
import {
  type Bill,
  type FakeProvider,
  type JsonObject,
  type ModelRequest,
  type RecordedRequest,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'
import type { Fault, Route } from './faults.js'
import { callOf, type Situation, spareModel, usually } from './situations.js'

const models: Record<Route, string> = {
  openai: 'openai/gpt-4o-mini',
  proxy: 'litellm_proxy/gpt-4o-mini',
  responses: 'openai/responses/gpt-5.6',
  anthropic: 'anthropic/claude-sonnet-4-6',
  bedrock: 'bedrock/anthropic.claude-sonnet-4-6',
  google: 'gemini/gemini-3-flash-preview',
}

export interface Outcome {
  result: JsonObject
  /** How often the provider was asked on behalf of the call that was struck. */
  asked: number
  /** What it billed: in all, and for the answers that the fault spared. */
  billed: { all: Tokens; spared: Tokens }
  /** The call after it, in the same session where there is one. */
  next: JsonObject
}

export interface Tokens {
  inputTokens: number
  outputTokens: number
}

/** One server before one provider; many cases at once, told apart by their prompts. */
export class Bench {
  private lastId = 0
  private readonly running = new Map<
    number,
    { fault: Fault; situation: Situation; done: boolean }
  >()
  /** The bodies of the requests that met a fault. */
  private readonly struck = new WeakSet<JsonObject>()

  private constructor(
    private readonly fake: FakeProvider,
    private readonly client: Connection,
    private readonly stopServer: () => Promise<void>,
    private readonly unreachable: boolean,
  ) {}

  /** `base`: an address in place of the provider's, which then is only the spare's. */
  static async start(base?: (fake: FakeProvider) => string): Promise<Bench> {
    const fake = await startFakeProvider()
    const config = configFile(configuration(fake, base?.(fake)))
    const server = await startHttp({}, ['--config', config, '--no-auth'])
    const client = await connectHttp('2026', server)
    const bench = new Bench(fake, client, server.stop, base !== undefined)
    fake.script(bench.answer)
    return bench
  }

  async strike(fault: Fault, situation: Situation, route: Route): Promise<Outcome> {
    const id = ++this.lastId
    const modelId = models[route]
    this.running.set(id, { fault, situation, done: false })
    const session = situation === 'session' && { sessionId: `s${id}` }
    const calm = { modelId: this.unreachable ? spareModel : modelId, ...session }
    if (session) await this.client.call('run_agent', { prompt: `[case ${id} calm] Hello`, ...calm })
    const before = this.requestsOf(id).length
    const { tool, args } = callOf(situation, fault, { id, modelId })
    // Whoever listens gets a stream from upstream.
    const result = await this.client.call(tool, args, { onprogress: () => {} })
    const requests = this.requestsOf(id).slice(before)
    const next = await this.client.call('run_agent', {
      prompt: `[case ${id} calm] Hello again`,
      ...calm,
    })
    const spared = requests.filter(({ body }) => !this.struck.has(body))
    const billed = { all: billOf(requests), spared: billOf(spared) }
    return { result, asked: requests.length, billed, next }
  }

  async close() {
    await this.client.close()
    await this.stopServer()
    await this.fake.close()
  }

  /** Stands in the queue at all times. */
  private readonly answer = (request: ModelRequest): Step => {
    this.fake.script(this.answer)
    const [, id, mood] =
      [...JSON.stringify(request.body).matchAll(/\[case (\d+) (\w+)\]/g)].at(-1) ?? []
    const run = this.running.get(Number(id))
    if (!run || mood !== 'struck') return { text: 'All is well.' }
    const { usual, struck } = usually(run.situation, request)
    if (!struck || (run.fault.once && run.done)) return usual
    run.done = true
    this.struck.add(request.body)
    return run.fault.step(usual)
  }

  private requestsOf(id: number) {
    return this.fake.modelRequests.filter(({ rawBody }) => rawBody.includes(`[case ${id} `))
  }
}

function billOf(requests: readonly RecordedRequest[]): Tokens {
  const bills = requests.flatMap(({ billed }) => billed ?? [])
  const total = (count: (bill: Bill) => number) => bills.reduce((sum, bill) => sum + count(bill), 0)
  return {
    inputTokens: total(
      ({ input, read, written5m, written1h }) => input + read + written5m + written1h,
    ),
    outputTokens: total(({ output }) => output),
  }
}

function configuration({ url }: FakeProvider, base = url) {
  const args = { api_key: testKey, num_retries: 1 }
  return {
    clientArgs: {
      openai: { ...args, api_base: `${base}/v1` },
      litellm_proxy: { ...args, api_base: base },
      anthropic: { ...args, api_base: base },
      gemini: { ...args, api_base: `${base}/v1beta` },
      bedrock: {
        api_base: base,
        num_retries: 1,
        aws_region_name: 'us-east-1',
        aws_access_key_id: 'AKIATEST',
        aws_secret_access_key: 'secret-test',
      },
      groq: { ...args, api_base: `${url}/v1` },
    },
    agents: {
      spared: {
        description: 'Has another model',
        systemPrompt: 'Help.',
        tools: ['calculator'],
        fallbacks: [spareModel],
      },
    },
  }
}
