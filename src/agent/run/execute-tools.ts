import { asAgentError } from '../errors.js'
import { HookStop } from '../hooks/hook-runner.js'
import type { Message, ToolResultBlock } from '../messages/content.js'
import { displayName, type Tool } from '../tools/tool.js'
import { runTool, type ToolCalls, type ToolUse } from './call-tool.js'
import type { LoopInput } from './loop-input.js'
import { parentRun } from './run-context.js'
import { RunSignal } from './run-signal.js'

/** `stopped` is the text of the hook that ended the run. */
export interface BatchEnd {
  message: Message
  stopped?: string
}

/**
 * Runs the tools that a model called in parallel. Returns one message with the results in call
 * order. An error of a tool or of the model becomes a result, so that the run continues. Only a
 * hook can end the run, on purpose or by failing.
 */
export async function executeTools(
  input: LoopInput,
  uses: readonly ToolUse[],
  tools: ReadonlyMap<string, Tool>,
): Promise<BatchEnd> {
  const { hooks, output, recorder, run } = input
  const guard = hooks && new RunSignal(run.signal, undefined)
  let ended: { by: unknown } | undefined
  const calls: ToolCalls = {
    tools,
    output,
    cycle: recorder.cycleCount,
    signal: guard?.signal ?? run.signal,
    hooks,
    endRun: (thrown) => {
      ended ??= { by: thrown }
      guard?.release({ abort: true })
    },
  }
  const content = await Promise.all(uses.map((use) => recordedToolCall(use, calls, input)))
  const message: Message = { role: 'user', content }
  guard?.release()
  if (!ended) return { message }
  if (ended.by instanceof HookStop) return { message, stopped: ended.by.message }
  throw asAgentError(ended.by)
}

/** Runs one call with its events, its span and its metrics. */
async function recordedToolCall(
  use: ToolUse,
  calls: ToolCalls,
  input: LoopInput,
): Promise<ToolResultBlock> {
  const { cycle, tools } = calls
  const { emit, recorder } = input
  const { toolUseId } = use
  const tool = tools.get(use.name)
  const known = tool && displayName(tool)
  const name = known ?? use.name
  const started = emit({ type: 'toolStart', cycle, toolUseId, name, input: use.input })
  const startedAt = performance.now()
  const span = input.span?.startToolCall({ name: known, toolUseId, input: use.input })
  const run = parentRun(
    input,
    (agent, event) => void emit({ type: 'childEvent', agent: [...agent], toolUseId, event }),
    span,
  )
  const toolResult = await runTool(use, { ...calls, run })
  const durationMs = performance.now() - startedAt
  const { status } = toolResult
  span?.end(toolResult)
  recorder.addTool(name, durationMs, status === 'error')
  await started
  await emit({ type: 'toolEnd', cycle, toolUseId, name, status, durationMs })
  return { toolResult }
}
