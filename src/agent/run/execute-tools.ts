import { asAgentError } from '../errors.js'
import type { AgentEvent, Emit } from '../events.js'
import { type HookRunner, HookStop } from '../hooks/hook-runner.js'
import type { Message, ToolResultBlock, ToolUseBlock } from '../messages/content.js'
import type { MetricsRecorder } from '../metrics/recorder.js'
import type { Span } from '../span.js'
import { displayName, type ParentRun, type Tool } from '../tools/tool.js'
import { runTool } from './call-tool.js'

import { RunSignal } from './run-signal.js'

type ToolUse = ToolUseBlock['toolUse']

export interface ToolBatch {
  uses: readonly ToolUse[]
  tools: ReadonlyMap<string, Tool>
  /** The output tool, which no hook is asked about. */
  outputTool: Tool | undefined
  /** Takes calls by any other name, where it is the only tool there is. */
  only: Tool | undefined
  cycle: number
  signal: AbortSignal
  recorder: MetricsRecorder
  emit: Emit<AgentEvent>
  hooks: HookRunner | undefined
  /** What the tools are shown of the run, with a way for the events below it. */
  runFor: (emit: ParentRun['emit'], span: Span | undefined) => ParentRun
  span: Span | undefined
}

/** `stopped`: the words of a hook that ended the run. */
export interface BatchEnd {
  message: Message
  stopped?: string
}

/**
 * Runs the tools a model asked for side by side and answers with one message that holds the results
 * in call order. Nothing a tool or a model does wrong ends the run: the model is told and goes on.
 * Only a hook may end it, or end with it.
 */
export async function executeTools(batch: ToolBatch): Promise<BatchEnd> {
  const guard = batch.hooks && new RunSignal(batch.signal, undefined)
  const signal = guard?.signal ?? batch.signal
  let ended: { by: unknown } | undefined
  const endBatch = (thrown: unknown) => {
    ended ??= { by: thrown }
    guard?.release({ abort: true })
  }
  const calls = batch.uses.map((use) => watchedCall(use, { ...batch, signal }, endBatch))
  const message: Message = { role: 'user', content: await Promise.all(calls) }
  guard?.release()
  if (!ended) return { message }
  if (ended.by instanceof HookStop) return { message, stopped: ended.by.message }
  throw asAgentError(ended.by)
}

/** One of the calls, as those who watch the run see it. */
async function watchedCall(
  use: ToolUse,
  batch: ToolBatch,
  endBatch: (thrown: unknown) => void,
): Promise<ToolResultBlock> {
  const { cycle, emit, recorder, runFor } = batch
  const { toolUseId, input } = use
  const known = knownName(use, batch)
  const name = known ?? use.name
  const started = emit({ type: 'toolStart', cycle, toolUseId, name, input })
  const startedAt = performance.now()
  const span = batch.span?.startToolCall({ name: known, toolUseId, input })
  const run = runFor(
    (agent, event) => void emit({ type: 'childEvent', agent: [...agent], toolUseId, event }),
    span,
  )
  const toolResult = await runTool(use, { ...batch, run }, endBatch)
  const durationMs = performance.now() - startedAt
  const { status } = toolResult
  span?.end(toolResult)
  recorder.addTool(name, durationMs, status === 'error')
  await started
  await emit({ type: 'toolEnd', cycle, toolUseId, name, status, durationMs })
  return { toolResult }
}

/** What people see: a model may know a tool by another name. */
function knownName({ name }: ToolUse, { tools }: ToolBatch): string | undefined {
  const tool = tools.get(name)
  return tool && displayName(tool)
}
