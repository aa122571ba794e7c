import { limitReached } from '../budget/budget.js'
import type { Reduced } from '../conversation/manager.js'
import { excessChars, sizeOf } from '../conversation/size.js'
import { type AgentError, asAgentError, cancelledError } from '../errors.js'
import { HookStop } from '../hooks/hook-runner.js'
import type { LimitHit } from '../limits.js'
import { type Message, messageText, type StopReason, toolUses } from '../messages/content.js'
import type { ModelReply } from '../model.js'
import type { Tool } from '../tools/tool.js'
import { askModel, hookedCall, recordedCall } from './call-model.js'
import { consumerLeft } from './event-stream.js'
import { executeTools } from './execute-tools.js'
import type { LoopInput } from './loop-input.js'

export interface LoopEnd {
  stopReason: StopReason
  limit?: LimitHit
  /** The model's last message in this run, and its text; at a limit, the last text of any message. */
  message: Message | null
  text: string
}

/**
 * Runs cycles of one model call and the tool calls it requests, until the model is done, a limit is
 * reached or the run is cancelled. Throws only if the run fails.
 */
export async function runLoop(input: LoopInput): Promise<LoopEnd> {
  const { messages, output, limits, budget, hooks, run, recorder, emit } = input
  let toolCalls = 0
  let attempt = 1
  let overflows = 0
  let message: Message | null = null
  let text = ''
  const end = (stopReason: StopReason, limit?: LimitHit): LoopEnd => ({
    stopReason,
    ...(limit && { limit }),
    message,
    text: stopReason === 'limitReached' ? text : message ? messageText(message) : '',
  })
  const endWith = (finalText: string, stopReason: StopReason): LoopEnd => {
    message = { role: 'assistant', content: [{ text: finalText }] }
    messages.push(message)
    return end(stopReason)
  }
  const interrupted = (): LoopEnd => {
    // No consumer is left to read a result.
    if (run.signal.reason === consumerLeft) throw cancelledError()
    if (run.timedOut) return end('limitReached', timeLimit(input))
    return endWith(run.cancelText, 'cancelled')
  }
  while (true) {
    const limit = limitReached(limits, recorder.cycleCount, budget)
    if (limit) return end('limitReached', limit)
    if (run.signal.aborted) return interrupted()

    let reply: ModelReply
    try {
      const called = await (hooks ? hookedCall(input, hooks, attempt) : recordedCall(input))
      attempt = 'retry' in called ? attempt + 1 : 1
      if ('retry' in called) continue
      reply = called
    } catch (thrown) {
      if (thrown instanceof HookStop) return endWith(thrown.message, 'interrupt')
      if (run.signal.aborted) return interrupted()
      const error = asAgentError(thrown)
      // The next call would exceed a limit, so the run ends with what it has.
      if (error.limit && recorder.answered) return end('limitReached', error.limit)
      const fallback = output?.onProviderRejection(error)
      const reduced = overflowed(error) ? await reduceHistory(input, error, ++overflows) : undefined
      if (fallback?.message) messages.push(fallback.message)
      if (reduced) {
        messages.splice(0, messages.length, ...reduced.messages)
        recorder.addNotice(reduced.detail)
        await emit({ type: 'notice', message: reduced.detail })
      }
      if (fallback || reduced) continue
      throw error
    }

    overflows = 0
    const truncated = reply.stopReason === 'maxTokens'
    const complete = truncated && (await output?.takeTruncated(reply.message))
    message = truncated && !complete ? withoutToolUses(reply.message) : reply.message
    text = messageText(message) || text
    messages.push(message)
    await emit({ type: 'message', message })
    if (complete) return end(toolUses(message).length > 0 ? 'toolUse' : 'endTurn')
    if (truncated) {
      if (output) throw output.truncated(text)
      const hit = budget.exhausted()
      return hit ? end('limitReached', hit) : end('maxTokens')
    }

    const uses = toolUses(message)
    if (uses.length === 0) {
      const next = await output?.afterText(messageText(message))
      if (next === undefined) {
        const exceeded = output ? undefined : budget.exceeded()
        return exceeded ? end('limitReached', exceeded) : end(reply.stopReason)
      }
      if (output && reply.stopReason === 'contentFiltered') throw output.filtered(text)
      messages.push(next)
      await emit({ type: 'message', message: next })
      continue
    }

    const max = limits.maxToolCalls
    if (max !== undefined && toolCalls + uses.length > max)
      return end('limitReached', { name: 'maxToolCalls', max, spent: toolCalls })
    toolCalls += uses.length
    const { message: results, stopped } = await executeTools(input, uses, offeredTools(input))
    messages.push(results)
    await emit({ type: 'message', message: results })
    if (stopped !== undefined) return endWith(stopped, 'interrupt')
    if (output?.done) return end('toolUse', budget.exceeded())
    output?.failIfExhausted(text)
  }
}

function timeLimit({ limits, run }: LoopInput): LimitHit {
  const max = limits.timeoutSeconds as number
  // Uses the run's clock, which includes the time the run waited for its turn.
  return { name: 'timeoutSeconds', max, spent: max - (run.leftSeconds ?? 0) }
}

/** The maximum number of times in a row that a conversation is shortened. */
const maxReductions = 6

/** Shortens the conversation. Returns `undefined` if it does not get smaller. */
async function reduceHistory(
  input: LoopInput,
  error: AgentError,
  attempt: number,
): Promise<Reduced | undefined> {
  if (attempt > maxReductions) return undefined
  const { conversation, messages, system, tools } = input
  const specs = tools.map(({ spec }) => spec)
  const reduced = await conversation.reduce(messages, {
    removeChars: excessChars(error, messages, [system, specs]),
    attempt,
    ask: (request, model = input.model) => askModel({ ...input, model }, request),
  })
  return reduced && sizeOf(reduced.messages) < sizeOf(messages) ? reduced : undefined
}

function overflowed(error: AgentError): boolean {
  return error.code === 'contextWindowOverflow'
}

function offeredTools({ tools, output }: LoopInput): Map<string, Tool> {
  // Once the object is requested, the other tools stay in the list but do not run.
  const running = output?.soleTool ? [] : tools
  const byName = new Map(running.map((tool) => [tool.spec.name, tool]))
  if (output) byName.set(output.tool.spec.name, output.tool)
  return byName
}

/** Replaces the tool calls of a message cut off by the output limit, because they are incomplete. */
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
