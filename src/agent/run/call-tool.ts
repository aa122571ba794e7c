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

type ToolUse = ToolUseBlock['toolUse']
type ToolResult = ToolResultBlock['toolResult']

/** What all calls of a batch have in common, and this call's view of the run. */
interface CallPlace {
  tools: ReadonlyMap<string, Tool>
  outputTool: Tool | undefined
  only: Tool | undefined
  cycle: number
  signal: AbortSignal
  hooks: HookRunner | undefined
  run: ParentRun
}

/** One tool call, with its hooks. Never rejects: `endRun` is told where a hook ends the run. */
export async function runTool(
  use: ToolUse,
  place: CallPlace,
  endRun: (thrown: unknown) => void,
): Promise<ToolResult> {
  const { toolUseId } = use
  try {
    return { toolUseId, ...(await outcome(use, place)) }
  } catch (thrown) {
    if (thrown instanceof HookEnd) endRun(thrown.by)
    const text = thrown instanceof HookEnd ? 'Tool was interrupted.' : failureText(thrown, place)
    return { toolUseId, status: 'error', content: [{ text }] }
  }
}

type Outcome = Omit<ToolResult, 'toolUseId'>

/** Carries what a hook threw past what catches the failures of tools. */
class HookEnd extends Error {
  constructor(readonly by: unknown) {
    super()
  }
}

async function outcome(use: ToolUse, place: CallPlace): Promise<Outcome> {
  const tool = place.tools.get(use.name) ?? place.only
  if (!tool) throw new ToolFailure(unknownTool(use.name, place.tools))
  if (!isJsonObject(use.input)) throw new ToolFailure(badArguments(use))
  const checked = await checkedInput(tool, use.name, use.input)
  const { hooks } = place
  if (!hooks || tool === place.outputTool) return settled(tool, checked, use, place)

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

/** The tool's work and what came of it, good or bad. */
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
    `Error: the arguments for ${name} do not match its schema:\n${lines.join('\n')}\nCall it again with arguments that do.`,
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
