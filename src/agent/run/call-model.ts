import { type AgentError, asAgentError, cancelledError } from '../errors.js'
import type { Emit } from '../events.js'
import { type HookRunner, maxAttempts } from '../hooks/hook-runner.js'
import type { Message } from '../messages/content.js'
import { unspentCall } from '../metrics/recorder.js'
import type { CallSpending, CycleMetrics, Spending } from '../metrics/types.js'
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

/** Makes a model call with its hooks. Returns `retry` if a hook wants the call repeated. */
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
    // The parameters that request the object are not the hooks' to change.
    const params = request.params && { params: { ...before.params, ...request.params } }
    reply = await recordedCall(input, { ...request, ...before, ...params })
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

/** Makes a call outside the conversation, such as for a summary. It is counted, but emits no events. */
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
    ...(offer.params && { params: offer.params }),
    ...(input.toolsCachePoint && { toolsCachePoint: input.toolsCachePoint }),
    cacheMemory: input.cacheMemory,
    ...(input.cacheKey !== undefined && { cacheKey: input.cacheKey }),
  }
}

/** Makes one model call and records it, whether it succeeds or fails. */
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
  let spent: Spending = { usage: null, costUsd: null }
  const onCallEvent = (event: CallEvent) => {
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
    const reply = await callModel(model, request, options, onCallEvent)
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
    // Limits count the most that an interrupted call could have used.
    spent = error.spent ? { ...error.spent, costUsd: null } : failed
    end = { metrics: failed }
    // A call that was never attempted is not recorded.
    if (error.retryable || !error.unsent) recorder.addCycle(failed)
    throw error
  } finally {
    reservation?.settle(spent)
    span?.end(end ?? { metrics: failedCycle(model, cancelledError(), 0, firstByteAt) })
  }
}

/** Makes one model call with an event sink, by `call` if the model has it, else by `stream`. */
export function callModel(
  model: Model,
  request: ModelRequest,
  options: ModelCallOptions,
  emit: Emit<CallEvent>,
): Promise<ModelReply> {
  return model.call
    ? model.call(request, options, emit)
    : streamedReply(model.stream(request, options), emit)
}

async function streamedReply(
  events: AsyncIterable<ModelEvent>,
  emit: Emit<CallEvent>,
): Promise<ModelReply> {
  for await (const event of events) {
    if (event.type === 'reply') return event.reply
    await emit(event)
  }
  throw cancelledError()
}

const unknownSpending: CallSpending = { usage: null, costUsd: null, costSource: 'unknown' }

/** The metrics of a failed call. A rejected call cost nothing; an interrupted one may have cost something. */
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
