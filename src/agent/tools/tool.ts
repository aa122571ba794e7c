import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'
import type { Budget } from '../budget/budget.js'
import type { AgentEvent } from '../events.js'
import type { Limits } from '../limits.js'
import type { DocumentBlock, ImageBlock, ToolResultContent } from '../messages/content.js'
import { mediaSource } from '../messages/media.js'
import type { ChildSpending } from '../metrics/types.js'
import type { Model, ToolSpec } from '../model.js'
import type { Span } from '../span.js'
import type { Validator } from '../validator.js'
import type { Approve } from './approval.js'

export interface ToolContext {
  toolUseId: string
  /**
   * Stays the same if this call is repeated after a crash, so that a tool with side effects can
   * detect a repeat. Set only for durable runs.
   */
  idempotencyKey?: string
  /** Aborts when the run is cancelled or times out. */
  signal: AbortSignal
  /** The run that made the call. A tool that runs an agent passes it on as `parent`. */
  run?: ParentRun
}

/** What a handler may return: text, any JSON, or content blocks. */
export type ToolOutput = JsonValue | ToolResultContent[] | undefined

/** A tool that an agent can run: its spec, a validator of its arguments and its function. */
export interface Tool {
  readonly spec: ToolSpec
  /** The name shown to people, such as `server/tool`, if `spec.name` is in a form made for providers. */
  readonly displayName?: string
  readonly validate?: Validator
  readonly run: (input: JsonObject, context: ToolContext) => ToolOutput | Promise<ToolOutput>
  /** The tool ends soon after its signal aborts. The run waits for it, so that its spending is counted. */
  readonly endsOnAbort?: boolean
}

/** Returns a tool's name for people, as used in progress, metrics and permissions. */
export function displayName({ displayName, spec }: Tool): string {
  return displayName ?? spec.name
}

/** An error whose message the model gets unchanged. */
export class ToolFailure extends Error {}

/** The tool names that every provider accepts. Calls of other names get an error result. */
export const toolNamePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Converts a handler's return value to the content of a tool result, as a copy. Throws if it is not
 * JSON, because in the conversation it would make every later request fail.
 */
export function toolResultContent(output: ToolOutput): ToolResultContent[] {
  if (output === undefined || output === null) return []
  if (typeof output === 'string') return [{ text: output }]
  return contentBlocks(output) ?? jsonContent(output)
}

/** Returns the value's content blocks, or `undefined` if it is not a list of blocks. */
function contentBlocks(output: unknown): ToolResultContent[] | undefined {
  if (!Array.isArray(output) || output.length === 0) return undefined
  const content: ToolResultContent[] = []
  for (const item of output as unknown[]) {
    const blocks = blockContent(item)
    if (!blocks) return undefined
    content.push(...blocks)
  }
  return content
}

function blockContent(item: unknown): ToolResultContent[] | undefined {
  if (!isJsonObject(item) || Object.keys(item).length !== 1) return undefined
  const { text, image, document } = item
  if (typeof text === 'string') return [{ text }]
  if ('json' in item) return jsonContent(item.json)
  const media = image ?? document
  if (!isJsonObject(media)) return undefined
  const { format, name } = media
  const source = mediaSource(media.source)
  if (typeof format !== 'string' || !source) return undefined
  if (image) return [{ image: { format: format as ImageBlock['image']['format'], source } }]
  if (typeof name !== 'string') return undefined
  return [{ document: { format: format as DocumentBlock['document']['format'], name, source } }]
}

/** Copies a JSON value. Values that JSON leaves out, such as functions, become no content. */
function jsonContent(value: unknown): ToolResultContent[] {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Error(`The result is not JSON: ${why}`)
  }
  return text === undefined ? [] : [{ json: JSON.parse(text) as JsonValue }]
}

/**
 * The run that called a tool, as the tool sees it. A tool that runs an agent passes it to that run
 * as `parent`, so that the two share limits, clock, events and spending.
 */
export interface ParentRun {
  /** The names of the running agents, outermost first. An agent without a name is ''. */
  readonly path: readonly string[]
  /** How many more levels of agents are allowed. */
  readonly depthLeft: number
  /** @internal */
  readonly budget: Budget
  /** Asks the person responsible for this run and the runs below it. */
  readonly approve: Approve | undefined
  /**
   * The span of the tool call. `undefined` if tracing is off.
   * @internal
   */
  readonly span: Span | undefined
  /** Returns what is left of the shared limits: cost, tokens and time. */
  remaining(): Limits
  /** Pauses the clocks of this run and the runs above until the returned function is called. */
  pauseClock(): () => void
  /**
   * Counts a run's spending as part of this run. `spending` is called when totals are needed.
   * @internal
   */
  addChild(agent: string, spending: () => ChildSpending): void
  /**
   * Counts a run that did not reserve from `budget` while it worked, such as one in another process
   * or one whose stored result is used.
   */
  report(agent: string, spending: ChildSpending): void
  /**
   * Wraps the model and tools of an agent below, so that its completed work is recorded and not
   * repeated after a crash. `approve` asks about its own tool calls. Set only for durable runs.
   * @internal
   */
  recorded?(parts: WorkingParts): WorkingParts & { approve: Approve }
  /**
   * Receives the events of a run below. `agent` is its path, starting below this run.
   * @internal
   */
  emit(agent: readonly string[], event: AgentEvent): void
}

/** The model and tools of an agent. */
export interface WorkingParts {
  model: Model
  tools: readonly Tool[]
}
