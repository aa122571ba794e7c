import { type Message, messageText, type StopReason, toolUses } from './content.js'
import { type AgentError, asAgentError, cancelledError } from './errors.js'
import type { AgentEvent } from './events.js'
import { reduceHistory } from './history.js'
import { type LimitHit, type Limits, limitReached, remainingCost } from './limits.js'
import { type MetricsRecorder, unspentCall } from './metrics.js'
import type { CacheMemory, Model, ModelReply, ModelRequest } from './model.js'
import type { RunSignal } from './run-signal.js'
import type { OutputPlan, OutputRequest } from './structured-output.js'
import type { Tool } from './tool.js'
import { executeTools } from './tool-execution.js'
import { sumCost } from './usage.js'

/** One run of the loop. `messages` is the transcript: the loop adds to it and may shorten it. */
export interface LoopInput {
  model: Model
  system: ModelRequest['system']
  messages: Message[]
  tools: readonly Tool[]
  output: OutputPlan | undefined
  limits: Limits
  run: RunSignal
  recorder: MetricsRecorder
  stream: boolean | undefined
  toolsCachePoint: ModelRequest['toolsCachePoint'] | undefined
  cacheMemory: CacheMemory
}

export interface LoopEnd {
  stopReason: StopReason
  limit?: LimitHit
  /** The model's last message in this run, and its text; at a limit, the last thing it said. */
  message: Message | null
  text: string
}

/**
 * Cycles of one model call and the tool calls it asks for, until the model is done, a limit is
 * reached or the run is cancelled. Only a failure throws.
 */
export async function* runLoop(input: LoopInput): AsyncGenerator<AgentEvent, LoopEnd> {
  const { messages, output, limits, run, recorder } = input
  let toolCalls = 0
  let reduced = false
  let message: Message | null = null
  let text = ''
  const end = (stopReason: StopReason, limit?: LimitHit): LoopEnd => ({
    stopReason,
    ...(limit && { limit }),
    message,
    text: stopReason === 'limitReached' ? text : message ? messageText(message) : '',
  })
  const interrupted = (): LoopEnd => {
    if (run.timedOut) return end('limitReached', timeLimit(input))
    message = { role: 'assistant', content: [{ text: run.cancelText }] }
    messages.push(message)
    return end('cancelled')
  }
  while (true) {
    const limit = limitReached(limits, recorder)
    if (limit) return end('limitReached', limit)
    if (run.signal.aborted) return interrupted()

    let reply: ModelReply
    try {
      reply = yield* callModel(input)
    } catch (thrown) {
      if (run.signal.aborted) return interrupted()
      const error = asAgentError(thrown)
      // The next call would be too dear: what there is by then is the result.
      if (error.code === 'limitReached' && recorder.answered)
        return end('limitReached', costLimit(input))
      const milder = output?.afterRefusal(error)
      const shorter = !reduced && overflowed(error) ? reduceHistory(messages) : undefined
      if (milder?.message) messages.push(milder.message)
      if (shorter) {
        reduced = true
        messages.splice(0, messages.length, ...shorter.messages)
        recorder.addNotice(shorter.detail)
        yield { type: 'notice', message: shorter.detail }
      }
      if (milder || shorter) continue
      throw error
    }

    const truncated = reply.stopReason === 'maxTokens'
    message = truncated ? withoutToolUses(reply.message) : reply.message
    text = messageText(message) || text
    messages.push(message)
    yield { type: 'message', message }
    if (truncated) {
      if (output) throw output.truncated(text)
      return end('maxTokens')
    }

    const uses = toolUses(message)
    if (uses.length === 0) {
      const next = await output?.afterText(messageText(message))
      if (next === undefined) return end(reply.stopReason)
      messages.push(next)
      yield { type: 'message', message: next }
      continue
    }

    const max = limits.maxToolCalls
    if (max !== undefined && toolCalls + uses.length > max)
      return end('limitReached', { name: 'maxToolCalls', max, spent: toolCalls })
    toolCalls += uses.length
    const results = yield* executeTools({
      uses,
      tools: offeredTools(input),
      only: output?.only,
      cycle: recorder.cycleCount,
      signal: run.signal,
      recorder,
    })
    messages.push(results)
    yield { type: 'message', message: results }
    if (output?.done) return end('toolUse')
    output?.failIfExhausted(text)
  }
}

async function* callModel(input: LoopInput): AsyncGenerator<AgentEvent, ModelReply> {
  const { model, recorder, output } = input
  const cycle = recorder.cycleCount + 1
  const offer: OutputRequest = output?.request(input.tools) ?? { tools: input.tools }
  const maxCostUsd = remainingCost(input.limits, recorder)
  const request: ModelRequest = {
    messages: input.messages,
    system: input.system,
    tools: offer.tools.map((tool) => tool.spec),
    ...(offer.toolChoice && { toolChoice: offer.toolChoice }),
    ...(input.toolsCachePoint && { toolsCachePoint: input.toolsCachePoint }),
    cacheMemory: input.cacheMemory,
    ...(maxCostUsd !== undefined && { maxCostUsd }),
  }
  const options = {
    signal: input.run.signal,
    ...(input.stream !== undefined && { stream: input.stream }),
  }
  const startedAt = performance.now()
  let firstByteAt: number | undefined
  yield { type: 'cycleStart', cycle }
  try {
    for await (const event of model.stream(request, options)) {
      switch (event.type) {
        case 'textDelta':
        case 'reasoningDelta':
        case 'toolUseStart':
          firstByteAt ??= performance.now()
          yield { ...event, cycle }
          break
        case 'retry':
          yield { ...event, type: 'modelRetry', cycle }
          break
        case 'notice':
          recorder.addNotice(event.message)
          yield event
          break
        case 'reply': {
          const { message, cache, stopReason, rawStopReason, ...report } = event.reply
          const now = performance.now()
          const metrics = {
            modelId: model.modelId,
            ...report,
            latencyMs: now - startedAt,
            timeToFirstByteMs: (firstByteAt ?? now) - startedAt,
            stopReason,
            ...(rawStopReason !== null && { rawStopReason }),
          }
          recorder.addCycle(metrics, cache)
          yield { type: 'cycleEnd', cycle, metrics }
          return event.reply
        }
      }
    }
    throw cancelledError()
  } catch (thrown) {
    const error = asAgentError(thrown)
    // A call that could not even be tried is no call.
    if (error.retryable || !error.unsent)
      recorder.addCycle(failedCycle(model, error, performance.now() - startedAt, firstByteAt))
    throw error
  }
}

/** A provider that turned the call away took nothing for it; one that broke off may have. */
function failedCycle(model: Model, error: AgentError, latencyMs: number, firstByteAt?: number) {
  const refused = firstByteAt === undefined && error.status !== undefined && error.status >= 400
  return {
    modelId: model.modelId,
    ...unspentCall,
    ...(!refused &&
      !error.unsent && { usage: null, costUsd: null, costSource: 'unknown' as const }),
    latencyMs,
    timeToFirstByteMs: null,
    stopReason: null,
    error: error.code,
  }
}

function costLimit({ limits, recorder }: LoopInput): LimitHit {
  const max = limits.maxCostUsd as number
  return { name: 'maxCostUsd', max, spent: sumCost(recorder.costs()) }
}

function timeLimit({ limits, recorder }: LoopInput): LimitHit {
  const max = limits.timeoutSeconds as number
  return { name: 'timeoutSeconds', max, spent: recorder.elapsedMs / 1000 }
}

function overflowed(error: AgentError): boolean {
  return error.code === 'contextWindowOverflow'
}

function offeredTools({ tools, output }: LoopInput): Map<string, Tool> {
  const byName = new Map(tools.map((tool) => [tool.spec.name, tool]))
  if (output) byName.set(output.tool.spec.name, output.tool)
  return byName
}

/** A message cut off by the output limit: its tool calls are incomplete, so they are named, not run. */
function withoutToolUses(message: Message): Message {
  const content = message.content.map((block) =>
    'toolUse' in block
      ? {
          text: `The selected tool ${block.toolUse.name}'s tool use was incomplete due to maximum token limits being reached.`,
        }
      : block,
  )
  return { role: 'assistant', content }
}
