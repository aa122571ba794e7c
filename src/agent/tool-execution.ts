import {
  isJsonObject,
  type JsonObject,
  type Message,
  type ToolResultBlock,
  type ToolUseBlock,
} from './content.js'
import type { AgentEvent } from './events.js'
import type { MetricsRecorder } from './metrics.js'
import { untilAborted } from './run-signal.js'
import { type Tool, ToolFailure, toolNamePattern, toolResultContent } from './tool.js'

type ToolUse = ToolUseBlock['toolUse']

export interface ToolBatch {
  uses: readonly ToolUse[]
  tools: ReadonlyMap<string, Tool>
  /** Takes calls by any other name, where it is the only tool there is. */
  only: Tool | undefined
  cycle: number
  signal: AbortSignal
  recorder: MetricsRecorder
}

/**
 * Runs the tools a model asked for side by side and answers with one message that holds the results
 * in call order. Nothing a tool or a model does wrong ends the run: the model is told and goes on.
 */
export async function* executeTools(batch: ToolBatch): AsyncGenerator<AgentEvent, Message> {
  const { cycle, recorder } = batch
  const results: ToolResultBlock[] = []
  const running = new Map<number, Promise<{ index: number; durationMs: number }>>()
  for (const [index, use] of batch.uses.entries()) {
    const { toolUseId, name, input } = use
    yield { type: 'toolStart', cycle, toolUseId, name, input }
    const startedAt = performance.now()
    const work = runTool(use, batch).then((result) => {
      results[index] = { toolResult: result }
      return { index, durationMs: performance.now() - startedAt }
    })
    running.set(index, work)
  }
  while (running.size > 0) {
    const { index, durationMs } = await Promise.race(running.values())
    running.delete(index)
    const { toolUseId, name } = batch.uses[index] as ToolUse
    const { status } = (results[index] as ToolResultBlock).toolResult
    recorder.addTool(name, durationMs, status === 'error')
    yield { type: 'toolEnd', cycle, toolUseId, name, status, durationMs }
  }
  return { role: 'user', content: results }
}

async function runTool(use: ToolUse, batch: ToolBatch): Promise<ToolResultBlock['toolResult']> {
  const { toolUseId } = use
  try {
    const content = toolResultContent(await callTool(use, batch))
    return { toolUseId, status: 'success', content }
  } catch (error) {
    return { toolUseId, status: 'error', content: [{ text: failureText(error, batch.signal) }] }
  }
}

async function callTool(use: ToolUse, { tools, only, signal }: ToolBatch) {
  const { name, input, toolUseId } = use
  const tool = tools.get(name) ?? only
  if (!tool) throw new ToolFailure(unknownTool(name, tools))
  if (!isJsonObject(input)) throw new ToolFailure(badArguments(use))
  const validation = await tool.validate?.(input)
  if (validation && !validation.ok) {
    const lines = validation.issues.map(({ path, message }) => `- ${path || 'input'}: ${message}`)
    throw new ToolFailure(
      `Error: the arguments for ${name} do not match its schema:\n${lines.join('\n')}\nCall it again with arguments that do.`,
    )
  }
  const checked = validation ? (validation.value as JsonObject) : input
  const { aborted, stop } = untilAborted(signal)
  try {
    return await Promise.race([tool.run(checked, { toolUseId, signal }), aborted])
  } finally {
    stop()
  }
}

function failureText(error: unknown, signal: AbortSignal): string {
  if (error instanceof ToolFailure) return error.message
  if (signal.aborted) return 'Tool was interrupted.'
  return `Error: ${error instanceof Error ? error.message : String(error)}`
}

function unknownTool(name: string, tools: ReadonlyMap<string, Tool>): string {
  if (!toolNamePattern.test(name)) return `Error: tool_name=<${name}> | invalid tool name pattern`
  const names = [...tools.keys()]
  const known = names.length > 0 ? `Available tools: ${names.join(', ')}` : 'There are no tools.'
  return `Unknown tool: ${name}. ${known}`
}

function badArguments({ name, rawInput }: ToolUse): string {
  const fix = `Call ${name} again with its arguments as one JSON object.`
  const raw = rawInput ?? ''
  try {
    JSON.parse(raw)
    return `Error: the arguments for ${name} must be a JSON object. ${fix}`
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `Error: the arguments for ${name} are not valid JSON (${why}): ${raw}\n${fix}`
  }
}
