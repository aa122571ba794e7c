import { type AgentError, asAgentError, cancelledError } from '../errors.js'
import type { Emit } from '../events.js'
import { type HookRunner, maxAttempts } from '../hooks/hook-runner.js'
import type { Message } from '../messages/content.js'
import { unspentCall } from '../metrics/recorder.js'
import type { CallSpending, CycleMetrics } from '../metrics/types.js'
import type {
  CallEvent,
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
} from '../model.js'
import type { ModelCallEnd } from '../span.js'
import type { LoopInput } from './loop-input.js'

import type { OutputRequest } from './structured-output.js'

/** A model call with its hooks. `retry`: one of them wants it made again. */
export async function hookedCall(
  input: LoopInput,
  hooks: HookRunner,
  attempt: number,
): Promise<ModelReply | { retry: true }> {
  const { run, recorder } = input
  const request = modelRequest(input)
  const event = { cycle: recorder.cycleCount + 1, signal: run.signal }
  const { messages, system } = request
  const before = await hooks.beforeModelCall({ ...event, messages, system, params: {} })
  let reply: ModelReply
  try {
    reply = await recordedCall(input, { ...request, ...before })
  } catch (thrown) {
    const error = asAgentError(thrown)
    if (run.signal.aborted) throw error
    const spent = { usage: error.usage, costUsd: error.spent?.costUsd ?? null }
    const after = await hooks.afterModelCall({ ...event, attempt, ...spent, error })
    if ('retry' in after && attempt < maxAttempts) return after
    throw error
  }
  const { message, stopReason, usage, costUsd } = reply
  const after = await hooks.afterModelCall({
    ...event,
    attempt,
    message,
    stopReason,
    usage,
    costUsd,
  })
  if (!('retry' in after)) return { ...reply, message: after.message as Message }
  return attempt < maxAttempts ? after : reply
}

/** A call beside the conversation, for the run's own ends: it counts, and nothing of it is shown. */
export async function askModel(
  input: LoopInput,
  request: Pick<ModelRequest, 'messages' | 'system'>,
): Promise<ModelReply> {
  return recordedCall({ ...input, emit: () => {} }, { ...request, tools: [] }, 'summary')
}

function modelRequest({ messages, system, tools, output, ...input }: LoopInput): ModelRequest {
  const offer: OutputRequest = output?.request(tools) ?? { tools }
  return {
    messages,
    system,
    tools: offer.tools.map((tool) => tool.spec),
    ...(offer.toolChoice && { toolChoice: offer.toolChoice }),
    ...(input.toolsCachePoint && { toolsCachePoint: input.toolsCachePoint }),
    cacheMemory: input.cacheMemory,
  }
}

/** One model call, counted whatever becomes of it. */
export async function recordedCall(
  input: LoopInput,
  request = modelRequest(input),
  purpose?: CycleMetrics['purpose'],
): Promise<ModelReply> {
  const { model, recorder, run, stream, budget, emit, span: runSpan } = input
  const cycle = recorder.cycleCount + 1
  const reservation = budget.openCall()
  const { modelId } = model
  const span = runSpan?.startModelCall({ modelId, request, stream: stream !== false })
  let end: ModelCallEnd | undefined
  const options = {
    signal: run.signal,
    ...(stream !== undefined && { stream }),
    ...(reservation && { budget: reservation }),
    ...(span?.context && { trace: span.context }),
  }
  const startedAt = performance.now()
  let firstByteAt: number | undefined
  let spent: Pick<ModelReply, 'usage' | 'costUsd'> = { usage: null, costUsd: null }
  const tell = (event: CallEvent) => {
    switch (event.type) {
      case 'retry':
        return emit({ ...event, type: 'modelRetry', cycle })
      case 'notice':
        recorder.addNotice(event.message)
        return emit(event)
      default:
        firstByteAt ??= performance.now()
        return emit({ ...event, cycle })
    }
  }
  await emit({ type: 'cycleStart', cycle })
  try {
    const reply = await replyOf(model, request, options, tell)
    const { message, cache, stopReason, rawStopReason, ...report } = reply
    const now = performance.now()
    const metrics = {
      modelId,
      latencyMs: now - startedAt,
      timeToFirstByteMs: (firstByteAt ?? now) - startedAt,
      ...report,
      stopReason,
      ...(rawStopReason !== null && { rawStopReason }),
      ...(purpose && { purpose }),
    }
    spent = reply
    end = { metrics, cache, message }
    recorder.addCycle(metrics, cache)
    await emit({ type: 'cycleEnd', cycle, metrics })
    return reply
  } catch (thrown) {
    const error = asAgentError(thrown)
    const failed = failedCycle(model, error, performance.now() - startedAt, firstByteAt)
    // Limits count the most that a call which broke off could take.
    spent = error.spent ? { ...error.spent, costUsd: null } : failed
    end = { metrics: failed }
    // A call that could not even be tried is no call.
    if (error.retryable || !error.unsent) recorder.addCycle(failed)
    throw error
  } finally {
    reservation?.settle(spent)
    span?.end(end ?? { metrics: failedCycle(model, cancelledError(), 0, firstByteAt) })
  }
}

/** One model call, told of as it goes on: by the model itself where it can, or from its stream. */
export function replyOf(
  model: Model,
  request: ModelRequest,
  options: ModelCallOptions,
  tell: Emit<CallEvent>,
): Promise<ModelReply> {
  return model.call
    ? model.call(request, options, tell)
    : streamedReply(model.stream(request, options), tell)
}

async function streamedReply(
  events: AsyncIterable<ModelEvent>,
  tell: Emit<CallEvent>,
): Promise<ModelReply> {
  for await (const event of events) {
    if (event.type === 'reply') return event.reply
    await tell(event)
  }
  throw cancelledError()
}

const unknownSpending: CallSpending = { usage: null, costUsd: null, costSource: 'unknown' }

/** A provider that turned the call away took nothing for it; one that broke off may have. */
function failedCycle(model: Model, error: AgentError, latencyMs: number, firstByteAt?: number) {
  const refused = firstByteAt === undefined && error.status !== undefined && error.status >= 400
  return {
    modelId: model.modelId,
    ...unspentCall,
    ...(!refused && !error.unsent && unknownSpending),
    ...error.spent,
    latencyMs,
    timeToFirstByteMs: null,
    stopReason: null,
    error: error.code,
  }
}
