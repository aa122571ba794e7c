import { toolUses } from '../../agent/content.js'
import { AgentError, asAgentError } from '../../agent/errors.js'
import type {
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
} from '../../agent/model.js'
import type { DurableTools } from './durable-tools.js'
import { type ErrorRecord, errorRecord } from './error-record.js'
import type { Journal } from './journal.js'

/** One model call as it is recorded, in place of doing it again. */
interface CallRecord {
  end: { reply: ModelReply } | { error: ErrorRecord }
  notices: string[]
  /** What the call left in the cache memory. */
  cacheMemory: [string, string][]
  latencyMs: number
  timeToFirstByteMs: number | null
}

/**
 * A model whose calls are recorded steps. What it says flows on while a call is made for the first
 * time; a recorded one only gives its reply.
 */
export class DurableModel implements Model {
  readonly modelId: string

  constructor(
    private readonly model: Model,
    private readonly tools: DurableTools,
    private readonly journal: Journal,
  ) {
    this.modelId = model.modelId
  }

  async *stream(request: ModelRequest, options: ModelCallOptions): AsyncGenerator<ModelEvent> {
    await this.tools.closeCycle()
    const live = new Mailbox<ModelEvent>()
    const call = this.journal
      .step('model', options.signal, () => recordCall(this.model, request, options, live))
      .finally(() => live.close())
    // It is waited for below, and where the run is left before, nobody minds.
    call.catch(() => {})
    let told = false
    for await (const event of live) {
      told = true
      yield event
    }
    const { end, notices, cacheMemory, latencyMs, timeToFirstByteMs } = await call
    for (const [at, hash] of cacheMemory) request.cacheMemory?.set(at, hash)
    if (!told) for (const message of notices) yield { type: 'notice', message }
    if ('error' in end) throw new AgentError(end.error)
    const { reply } = end
    // Tool calls that were cut off are not run.
    const uses = reply.stopReason === 'maxTokens' ? [] : toolUses(reply.message)
    this.tools.openCycle(uses, options.signal)
    yield { type: 'reply', reply: { ...reply, latencyMs, timeToFirstByteMs } }
  }
}

async function recordCall(
  model: Model,
  request: ModelRequest,
  options: ModelCallOptions,
  live: Mailbox<ModelEvent>,
): Promise<CallRecord> {
  const startedAt = performance.now()
  const notices: string[] = []
  let firstByteMs: number | null = null
  const record = (end: CallRecord['end']): CallRecord => {
    const latencyMs = performance.now() - startedAt
    return {
      end,
      notices,
      cacheMemory: [...(request.cacheMemory ?? [])],
      latencyMs,
      timeToFirstByteMs: firstByteMs ?? latencyMs,
    }
  }
  try {
    for await (const event of model.stream(request, options)) {
      if (event.type === 'reply') return record({ reply: event.reply })
      if (event.type === 'notice') notices.push(event.message)
      else if (event.type !== 'retry') firstByteMs ??= performance.now() - startedAt
      live.put(event)
    }
    throw new Error('The model ended without a reply.')
  } catch (error) {
    return record({ error: errorRecord(asAgentError(error)) })
  }
}

/** Hands on what comes until it is closed. */
class Mailbox<T> {
  private readonly waiting: T[] = []
  private closed = false
  private wake: () => void = () => {}

  put(item: T): void {
    this.waiting.push(item)
    this.wake()
  }

  close(): void {
    this.closed = true
    this.wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      for (let item = this.waiting.shift(); item !== undefined; item = this.waiting.shift())
        yield item
      if (this.closed) return
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }
}
