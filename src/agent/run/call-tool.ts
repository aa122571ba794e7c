import { isJsonObject, type JsonObject } from '../../util/json.js'
import { untilAborted } from '../../util/until-aborted.js'
import { type HookRunner, HookStop, maxAttempts } from '../hooks/hook-runner.js'
import type { ToolResultBlock, ToolUseBlock } from '../messages/content.js'
import {
  displayName,
  type ParentRun,
  type Tool,
  ToolFailure,
  toolNamePattern,
  toolResultContent,
} from '../tools/tool.js'
import type { OutputPlan } from './structured-output.js'

export type ToolUse = ToolUseBlock['toolUse']
type ToolResult = ToolResultBlock['toolResult']

/** What the tool calls of one cycle share. */
export interface ToolCalls {
  tools: ReadonlyMap<string, Tool>
  /** The requested object, if any. Its tool runs without hooks and takes arguments of any form. */
  output: OutputPlan | undefined
  cycle: number
  signal: AbortSignal
  hooks: HookRunner | undefined
  /** Ends the run with what a hook threw. */
  endRun: (thrown: unknown) => void
}

type CallPlace = ToolCalls & { run: ParentRun }

/** Runs one tool call with its hooks. Never rejects: if a hook ends the run, it calls `endRun`. */
export async function runTool(use: ToolUse, place: CallPlace): Promise<ToolResult> {
  const { toolUseId } = use
  try {
    return { toolUseId, ...(await outcome(use, place)) }
  } catch (thrown) {
    if (thrown instanceof HookEnd) place.endRun(thrown.by)
    const text = thrown instanceof HookEnd ? 'Tool was interrupted.' : failureText(thrown, place)
    return { toolUseId, status: 'error', content: [{ text }] }
  }
}

type Outcome = Omit<ToolResult, 'toolUseId'>

/** Wraps what a hook threw, so that it is not taken for a tool's failure. */
class HookEnd extends Error {
  constructor(readonly by: unknown) {
    super()
  }
}

async function outcome(use: ToolUse, place: CallPlace): Promise<Outcome> {
  const { output } = place
  const tool = place.tools.get(use.name) ?? output?.soleTool
  if (output && tool === output.tool)
    return { status: 'success', content: [{ text: await output.answerCall(use) }] }
  if (!tool) throw new ToolFailure(unknownTool(use.name, place.tools))
  if (!isJsonObject(use.input)) throw new ToolFailure(badArguments(use))
  const checked = await checkedInput(tool, use.name, use.input)
  const { hooks } = place
  if (!hooks) return settled(tool, checked, use, place)

  const { cycle, signal } = place
  const event = { cycle, signal, toolUseId: use.toolUseId, name: displayName(tool) }
  const before = await asked(hooks.beforeToolCall({ ...event, input: use.input }), signal)
  if ('cancel' in before) throw new ToolFailure(before.cancel)
  const { input } = before
  const ready = input === use.input ? checked : await checkedInput(tool, use.name, input)
  for (let attempt = 1; ; attempt++) {
    const result = await settled(tool, ready, use, place)
    if (signal.aborted) return result
    const after = await asked(hooks.afterToolCall({ ...event, input, attempt, ...result }), signal)
    if (!('retry' in after)) return after
    if (attempt === maxAttempts) return result
  }
}

async function asked<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  try {
    return await answer
  } catch (thrown) {
    if (signal.aborted && !(thrown instanceof HookStop)) throw thrown
    throw new HookEnd(thrown)
  }
}

/** Runs the tool and returns its result, or its failure as an error result. */
async function settled(
  tool: Tool,
  input: JsonObject,
  { toolUseId }: ToolUse,
  place: CallPlace,
): Promise<Outcome> {
  try {
    const output = await work(tool, input, toolUseId, place)
    return { status: 'success', content: toolResultContent(output) }
  } catch (error) {
    return { status: 'error', content: [{ text: failureText(error, place) }] }
  }
}

async function work(tool: Tool, input: JsonObject, toolUseId: string, { signal, run }: CallPlace) {
  if (tool.endsOnAbort) return tool.run(input, { toolUseId, signal, run })
  const { aborted, stop } = untilAborted(signal)
  try {
    return await Promise.race([tool.run(input, { toolUseId, signal, run }), aborted])
  } finally {
    stop()
  }
}

async function checkedInput(tool: Tool, name: string, input: JsonObject): Promise<JsonObject> {
  const validation = await tool.validate?.(input)
  if (!validation) return input
  if (validation.ok) return validation.value as JsonObject
  const lines = validation.issues.map(({ path, message }) => `- ${path || 'input'}: ${message}`)
  throw new ToolFailure(
    `Error: the arguments for ${name} do not match its schema:\n${lines.join('\n')}\nCall it again with valid arguments.`,
  )
}

function failureText(error: unknown, { signal }: CallPlace): string {
  if (error instanceof ToolFailure) return error.message
  if (signal.aborted) return 'Tool was interrupted.'
  return `Error: ${error instanceof Error ? error.message : String(error)}`
}

function unknownTool(name: string, tools: ReadonlyMap<string, Tool>): string {
  if (!toolNamePattern.test(name)) return `Error: tool_name=<${name}> | invalid tool name pattern`
  const names = [...tools.keys()]
  const known =
    names.length > 0 ? `Available tools: ${names.join(', ')}` : 'No tools are available.'
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
