import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errorAnswer, otherAnswer, rawAnswer, replyAnswer } from './answer.js'
import { bedrockCall } from './bedrock-request.js'
import { defaultReply } from './default-reply.js'
import { deliver } from './delivery.js'
import { cachesAnswer } from './google-caches.js'
import { type GoogleCaches, googleCall } from './google-request.js'
import { type Manner, manners } from './manners/index.js'
import { parseModelRequest } from './model-request.js'
import { cacheControlProblem, PromptCache } from './prompt-cache.js'
import { receive } from './receive.js'
import { makeReply } from './reply.js'
import { openAiRule, responsesCall } from './responses-request.js'
import type * as Fake from './types.js'

const keepAliveMs = 120_000
const DEFAULT_MODELS = ['gpt-4o-mini', 'claude-sonnet-4-6', 'amazon.nova-lite-v1:0']

/** The scripted upstream of the tests: OpenAI, Anthropic, Bedrock and Google on one port of 127.0.0.1. */
export async function startFakeProvider(
  options: Fake.FakeProviderOptions = {},
): Promise<Fake.FakeProvider> {
  const requests: Fake.RecordedRequest[] = []
  const queue: (Fake.Step | Fake.StepFunction)[] = []
  const cache = new PromptCache(options.minCacheTokens ?? 1024)
  const caches: GoogleCaches = new Map()
  const watchers = new Set<() => void>()
  /** Encrypted reasoning of this provider, the only one that it can read. */
  const issued = new Set<string>()
  let lastId = 0

  const nextId = (prefix: string) => `${prefix}_fake_${String(++lastId).padStart(4, '0')}`
  const changed = () => {
    for (const look of watchers) look()
  }

  async function answerModelCall(wire: Fake.Wire, record: Fake.RecordedRequest) {
    const bedrock = wire === 'bedrock' ? bedrockCall(record) : undefined
    const responses =
      wire === 'responses' ? responsesCall(record.body, record.headers, issued) : undefined
    const google = wire === 'google' ? googleCall(record, caches) : undefined
    if (google?.problem)
      return { step: {}, answer: errorAnswer(wire, google.problem.status, google.problem.message) }
    const request =
      bedrock?.request ??
      responses?.request ??
      google?.request ??
      parseModelRequest(wire, record.body, record.headers)
    // Converse is counted as the Messages request that it comes to, so that both come out alike.
    const prompt = bedrock?.messagesBody ?? responses?.messagesBody ?? record.body
    const form = wire === 'openai' ? 'openai' : 'anthropic'
    const problem =
      bedrock?.problem ?? (responses || google ? null : cacheControlProblem(form, prompt))
    if (problem) return { step: {}, answer: errorAnswer(wire, 400, problem) }
    const chatProblem = wire === 'openai' ? openAiRule(record.body, record.headers) : null
    if (chatProblem)
      return { step: {}, answer: rawAnswer(wire, { status: 400, body: chatProblem }) }
    if (responses?.problem)
      return { step: {}, answer: rawAnswer(wire, { status: 400, body: responses.problem }) }

    const manner: Manner = provider.manners ? manners[provider.manners] : {}
    const refusal = manner.refuse?.(request)
    if (refusal) return { step: {}, answer: rawAnswer(wire, refusal) }

    const next = queue.shift() ?? defaultReply
    const scripted = typeof next === 'function' ? await next(request) : next
    const step = manner.amend?.(scripted, request) ?? scripted
    if (step.raw) return { step, answer: rawAnswer(wire, step.raw) }
    const account = google?.account ?? cache.account(form, prompt)
    const reply = makeReply(step, request, account, nextId)
    if (responses?.encrypts && step.reasoning) {
      reply.encrypted = `gAAA-${port}-${nextId('enc')}`
      issued.add(reply.encrypted)
    }
    record.billed = { ...account, output: reply.outputTokens }
    return { step, answer: replyAnswer(reply, request) }
  }

  function otherAnswerOf(record: Fake.RecordedRequest) {
    const minTokens = options.minCacheTokens ?? 1024
    return (
      cachesAnswer(record, caches, minTokens) ??
      otherAnswer(record, options.models ?? DEFAULT_MODELS)
    )
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const record = await receive(req)
    requests.push(record)
    res.once('close', () => {
      if (record.finishedAt === undefined) record.abortedAt = Date.now()
      changed()
    })
    changed()
    const { step, answer } =
      record.wire === 'other'
        ? { step: {}, answer: otherAnswerOf(record) }
        : await answerModelCall(record.wire, record)
    await deliver(res, answer, step, () => {
      record.finishedAt = Date.now()
    })
  }

  // Longer than any test is silent: a connection that is closed just as it is used again is another fault.
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (req, res) => {
    req.socket.setNoDelay(true)
    handle(req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' })
      res.end(`fake provider failed: ${error instanceof Error ? error.stack : error}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const provider: Fake.FakeProvider = {
    url: `http://127.0.0.1:${port}`,
    port,
    manners: options.manners,
    requests,
    cachedContents: caches,
    get modelRequests() {
      return requests.filter((request) => request.wire !== 'other')
    },
    script: (...steps) => void queue.push(...steps),
    get pendingSteps() {
      return queue.length
    },
    reset() {
      requests.length = 0
      queue.length = 0
      provider.manners = options.manners
      cache.clear()
      caches.clear()
      lastId = 0
    },
    waitFor: (predicate, timeoutMs = 5000) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          watchers.delete(look)
          clearTimeout(timer)
        }
        const look = () => {
          const value = predicate(provider)
          if (!value) return
          stop()
          resolve(value)
        }
        const timer = setTimeout(() => {
          stop()
          const seen = requests.map((request) => `${request.method} ${request.path}`).join(', ')
          reject(new Error(`waitFor: nothing in ${timeoutMs} ms. Requests: ${seen || 'none'}`))
        }, timeoutMs)
        watchers.add(look)
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return provider
}
