import type { JsonObject, JsonValue, ToolResultContent } from './content.js'
import type { ParentRun } from './run-tree.js'
import type { Validator } from './validator.js'

/** What a model is told about a tool. */
export interface ToolSpec {
  name: string
  description: string
  inputSchema: JsonObject
}

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

const blockKeys = ['text', 'json', 'image', 'document']

function isContentBlocks(output: unknown): output is ToolResultContent[] {
  return (
    Array.isArray(output) &&
    output.length > 0 &&
    output.every((item) => {
      if (typeof item !== 'object' || item === null) return false
      const keys = Object.keys(item)
      return keys.length === 1 && blockKeys.includes(keys[0] as string)
    })
  )
}

/** A handler's return value as the content of a tool result. */
export function toolResultContent(output: ToolOutput): ToolResultContent[] {
  if (output === undefined || output === null) return []
  if (typeof output === 'string') return [{ text: output }]
  return isContentBlocks(output) ? output : [{ json: output as JsonValue }]
}
