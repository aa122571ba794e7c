import type { Message, ToolResultBlock, ToolUseBlock } from './content.js'
import { asAgentError } from './errors.js'
import type { AgentEvent } from './events.js'
import { type HookRunner, HookStop } from './hook-runner.js'
import type { MetricsRecorder } from './metrics.js'
import { Queue } from './queue.js'
import { RunSignal } from './run-signal.js'
import type { ParentRun } from './run-tree.js'
import type { Span } from './span.js'
import { displayName, type Tool } from './tool.js'
import { runTool } from './tool-call.js'

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

interface CallEnd {
  type: 'callEnd'
  use: ToolUse
  toolResult: ToolResultBlock['toolResult']
  durationMs: number
}

/**
 * Runs the tools a model asked for side by side and answers with one message that holds the results
 * in call order. Nothing a tool or a model does wrong ends the run: the model is told and goes on.
 * Only a hook may end it, or end with it.
 */
export async function* executeTools(batch: ToolBatch): AsyncGenerator<AgentEvent, BatchEnd> {
  const { cycle, recorder } = batch
  const nameOf = (use: ToolUse) => knownName(use, batch) ?? use.name
  const results: ToolResultBlock[] = []
  const queue = new Queue<AgentEvent | CallEnd>()
  const guard = batch.hooks && new RunSignal(batch.signal, undefined)
  const signal = guard?.signal ?? batch.signal
  let ended: { by: unknown } | undefined
  const endBatch = (thrown: unknown) => {
    ended ??= { by: thrown }
    guard?.release({ abort: true })
  }
  for (const [index, use] of batch.uses.entries()) {
    const { toolUseId, input } = use
    yield { type: 'toolStart', cycle, toolUseId, name: nameOf(use), input }
    const startedAt = performance.now()
    const span = batch.span?.startToolCall({ name: knownName(use, batch), toolUseId, input })
    const run = batch.runFor(
      (agent, event) => queue.push({ type: 'childEvent', agent: [...agent], toolUseId, event }),
      span,
    )
    void runTool(use, { ...batch, signal, run }, endBatch).then((toolResult) => {
      span?.end(toolResult)
      results[index] = { toolResult }
      queue.push({ type: 'callEnd', use, toolResult, durationMs: performance.now() - startedAt })
    })
  }
  for (let open = batch.uses.length; open > 0; ) {
    const event = await queue.next()
    if (event.type !== 'callEnd') {
      yield event
      continue
    }
    open--
    const { use, toolResult, durationMs } = event
    const { toolUseId } = use
    const { status } = toolResult
    const name = nameOf(use)
    recorder.addTool(name, durationMs, status === 'error')
    yield { type: 'toolEnd', cycle, toolUseId, name, status, durationMs }
  }
  guard?.release({ abort: false })
  const message: Message = { role: 'user', content: results }
  if (!ended) return { message }
  if (ended.by instanceof HookStop) return { message, stopped: ended.by.message }
  throw asAgentError(ended.by)
}

/** What people see: a model may know a tool by another name. */
function knownName({ name }: ToolUse, { tools }: ToolBatch): string | undefined {
  const tool = tools.get(name)
  return tool && displayName(tool)
}
