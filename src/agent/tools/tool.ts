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
   * The same whenever this very call is made again, as after a crash: a tool with side effects can
   * tell by it what it has done already. Only where runs survive a crash.
   */
  idempotencyKey?: string
  /** Aborts when the run is cancelled or out of time. */
  signal: AbortSignal
  /** The run the call belongs to: for a tool that runs an agent, to hand to it as `parent`. */
  run?: ParentRun
}

/** What a handler may return: text, any JSON, or content blocks. */
export type ToolOutput = JsonValue | ToolResultContent[] | undefined

/** A tool an agent can run: a spec, a check of the arguments and the work itself. */
export interface Tool {
  readonly spec: ToolSpec
  /** What people see in place of `spec.name`, where that has a form made for providers: `server/tool`. */
  readonly displayName?: string
  readonly validate?: Validator
  readonly run: (input: JsonObject, context: ToolContext) => ToolOutput | Promise<ToolOutput>
  /** It ends soon after its signal aborts, and is waited for, so that what it spent is counted. */
  readonly endsOnAbort?: boolean
}

/** A tool's name for people: in progress, metrics and permissions. */
export function displayName({ displayName, spec }: Tool): string {
  return displayName ?? spec.name
}

/** Thrown by a tool whose message is for the model to read as it stands. */
export class ToolFailure extends Error {}

/** The names every provider takes; other names from a model are answered with an error. */
export const toolNamePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * A handler's return value as the content of a tool result, which no later change of the value
 * reaches. Fails on what is no JSON: in a conversation it would fail every request from there on.
 */
export function toolResultContent(output: ToolOutput): ToolResultContent[] {
  if (output === undefined || output === null) return []
  if (typeof output === 'string') return [{ text: output }]
  return contentBlocks(output) ?? jsonContent(output)
}

/** `undefined`: these are no content blocks, whatever their keys are called. */
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

/** What JSON has no word for at all, such as a function, says nothing. */
function jsonContent(value: unknown): ToolResultContent[] {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Error(`The result is no JSON: ${why}`)
  }
  return text === undefined ? [] : [{ json: JSON.parse(text) as JsonValue }]
}

/**
 * The run that a tool works in, as the tool sees it. A tool that runs an agent hands it to that run
 * as `parent`: limits, clock, events and spending are then shared.
 */
export interface ParentRun {
  /** The names of the agents at work, the outermost first; one without a name is ''. */
  readonly path: readonly string[]
  /** How many agents may still work below one another. */
  readonly depthLeft: number
  readonly budget: Budget
  /** Asks the person who answers for this run, and for those below it. */
  readonly approve: Approve | undefined
  /** The tool's call, where somebody watches. */
  readonly span: Span | undefined
  /** What is left of the limits that are shared: cost, tokens and time. */
  remaining(): Limits
  /** Stops the clocks of this run and of those above until what it returns is called. */
  pauseClock(): () => void
  /** Counts a run's spending as this run's; `spending` is asked when totals are needed. */
  addChild(agent: string, spending: () => ChildSpending): void
  /**
   * Counts a run that took nothing from `budget` while it worked, such as one in another process
   * or one whose result was kept.
   */
  report(agent: string, spending: ChildSpending): void
  /**
   * Where runs survive a crash: what an agent below works with, such that what it has done is
   * recorded, and not done again. By `approve` it asks about its own tool calls.
   */
  recorded?(parts: WorkingParts): WorkingParts & { approve: Approve }
  /** Shows what happens in a run below; `agent` is its path from here. */
  emit(agent: readonly string[], event: AgentEvent): void
}

/** What an agent works with. */
export interface WorkingParts {
  model: Model
  tools: readonly Tool[]
}
