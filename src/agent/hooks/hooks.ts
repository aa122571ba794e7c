import type { JsonObject } from '../../util/json.js'
import type { AgentError } from '../errors.js'
import type {
  Message,
  StopReason,
  SystemContentBlock,
  ToolResultBlock,
} from '../messages/content.js'
import type { Usage } from '../metrics/usage.js'
import type { ToolOutput } from '../tools/tool.js'

/**
 * Functions called before and after each model call and tool call. A hook returns a change, or
 * nothing, and may be async. Of several hooks, those before a call run in order and those after it
 * in reverse order, each with the changes of the previous one. The first hook that stops, cancels or
 * retries decides. A hook that throws ends the run with an AgentError.
 */
export interface Hooks {
  beforeModelCall?(event: BeforeModelCallEvent): Answer<ModelCallChange | Stop>
  afterModelCall?(event: AfterModelCallEvent): Answer<{ message: Message } | Retry | Stop>
  beforeToolCall?(event: BeforeToolCallEvent): Answer<{ input: JsonObject } | Cancel | Stop>
  afterToolCall?(event: AfterToolCallEvent): Answer<ToolResultChange | Retry | Stop>
}

export type HookName = keyof Hooks
export const hookNames: HookName[] = [
  'beforeModelCall',
  'afterModelCall',
  'beforeToolCall',
  'afterToolCall',
]

// biome-ignore lint/suspicious/noConfusingVoidType: a hook may simply return nothing
type Answer<Change> = Change | undefined | void | Promise<Change | undefined | void>

/** Ends the run with `stopReason: 'interrupt'` and this text as its answer. */
export interface Stop {
  stop: string
}

/** Makes the call again and discards its result. What it spent is still counted. */
export interface Retry {
  retry: true
}

/** Skips the tool. The model gets this text as an error result. */
export interface Cancel {
  cancel: string
}

/** Applies to this call only; the conversation is not changed. */
export interface ModelCallChange {
  messages?: readonly Message[]
  system?: readonly SystemContentBlock[]
  /** Added to the model's parameters, overriding those of the same names. */
  params?: Readonly<JsonObject>
}

/** Replaces the tool's result for the model. */
export interface ToolResultChange {
  result: ToolOutput
  status?: 'success' | 'error'
}

interface HookEvent {
  /** Counts model calls from 1. */
  readonly cycle: number
  /** Aborts when the run ends. The run does not wait for the hook after that. */
  readonly signal: AbortSignal
  /**
   * Pauses the `timeoutSeconds` clock of this run and of the runs above, for a hook that asks a
   * person. It resumes when the hook ends or the returned function is called.
   */
  pauseClock(): () => void
}

export interface BeforeModelCallEvent extends HookEvent {
  readonly messages: readonly Message[]
  readonly system: readonly SystemContentBlock[]
  readonly params: Readonly<JsonObject>
}

/** Has either `message` and `stopReason`, or `error`. `usage` and `costUsd` are `null` if unknown. */
export interface AfterModelCallEvent extends HookEvent {
  /** Counts the attempts at this call, from 1 to at most 10. */
  readonly attempt: number
  readonly message?: Message
  readonly stopReason?: StopReason
  readonly usage: Usage | null
  readonly costUsd: number | null
  readonly error?: AgentError
}

export interface BeforeToolCallEvent extends HookEvent {
  readonly toolUseId: string
  readonly name: string
  readonly input: JsonObject
}

export interface AfterToolCallEvent extends BeforeToolCallEvent {
  /** Counts the runs of the tool for this call, from 1 to at most 10. */
  readonly attempt: number
  readonly status: 'success' | 'error'
  readonly content: ToolResultBlock['toolResult']['content']
}
