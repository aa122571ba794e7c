import { AgentError, type AgentErrorInit, asAgentError } from '../../agent/errors.js'
import type { Emit } from '../../agent/events.js'
import { type ToolUseBlock, toolUses } from '../../agent/messages/content.js'
import type {
  CallEvent,
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
} from '../../agent/model.js'
import { callModel } from '../../agent/run/call-model.js'
import { eventStream } from '../../agent/run/event-stream.js'
import { errorInit } from './error-init.js'
import type { StepLog } from './step-log.js'

type ToolUse = ToolUseBlock['toolUse']

/** Holds the record of one model call, which replaces a repeated call. */
interface CallRecord {
  end: { reply: ModelReply } | { error: AgentErrorInit }
  notices: string[]
  /** The cache memory after the call. */
  cacheMemory: [string, string][]
  latencyMs: number
  timeToFirstByteMs: number | null
}

/** Provides the recorded tool calls of an agent, by cycle. */
interface ToolCycles {
  openCycle(uses: readonly ToolUse[], signal: AbortSignal): void
  closeCycle(): Promise<void>
}

/**
 * Calls a model in recorded steps. The first execution of a call streams its events; a recorded
 * call only returns its reply.
 */
export class DurableModel implements Model {
  readonly modelId: string

  constructor(
    private readonly model: Model,
    private readonly tools: ToolCycles,
    private readonly stepLog: StepLog,
  ) {
    this.modelId = model.modelId
  }

  stream(request: ModelRequest, options: ModelCallOptions): AsyncGenerator<ModelEvent> {
    return eventStream(
      options.signal,
      (tell, signal) => this.call(request, { ...options, signal }, tell),
      (reply): ModelEvent => ({ type: 'reply', reply }),
    )
  }

  async call(
    request: ModelRequest,
    options: ModelCallOptions,
    tell: Emit<CallEvent>,
  ): Promise<ModelReply> {
    const { stepLog, model, tools } = this
    await tools.closeCycle()
    let live = false
    const { end, notices, cacheMemory, latencyMs, timeToFirstByteMs } = await stepLog.step(
      'model',
      options.signal,
      () => {
        live = true
        return recordCall(model, request, options, tell)
      },
    )
    for (const [at, hash] of cacheMemory) request.cacheMemory?.set(at, hash)
    if (!live) for (const message of notices) await tell({ type: 'notice', message })
    if ('error' in end) throw new AgentError(end.error)
    const { reply } = end
    // Incomplete tool calls are not run.
    const uses = reply.stopReason === 'maxTokens' ? [] : toolUses(reply.message)
    tools.openCycle(uses, options.signal)
    return { ...reply, latencyMs, timeToFirstByteMs }
  }
}

async function recordCall(
  model: Model,
  request: ModelRequest,
  options: ModelCallOptions,
  tell: Emit<CallEvent>,
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
    const reply = await callModel(model, request, options, (event) => {
      if (event.type === 'notice') notices.push(event.message)
      else if (event.type !== 'retry') firstByteMs ??= performance.now() - startedAt
      // The run may have continued without waiting for this call.
      if (!options.signal.aborted) return tell(event)
    })
    return record({ reply })
  } catch (error) {
    return record({ error: errorInit(asAgentError(error)) })
  }
}
