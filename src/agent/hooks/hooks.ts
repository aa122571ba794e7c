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
 * What a program may do before and after each model call and tool call. A hook returns nothing, or
 * what is to be different; it may be async. Of several, those before a call are asked in their
 * order and those after it in the reverse, each with what the last one changed; the first that
 * stops, cancels or retries has the last word. A hook that throws ends the run with an AgentError.
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

/** Ends the run with `stopReason: 'interrupt'`; the text is its answer. */
export interface Stop {
  stop: string
}

/** The call is made again, and what came of it is forgotten, but not what it spent. */
export interface Retry {
  retry: true
}

/** The tool is not run; the model reads why. */
export interface Cancel {
  cancel: string
}

/** Holds for this call; the conversation stays as it is. */
export interface ModelCallChange {
  messages?: readonly Message[]
  system?: readonly SystemContentBlock[]
  /** Beside the model's own parameters, or in the place of those of the same names. */
  params?: Readonly<JsonObject>
}

/** What the model reads in the place of the tool's result. */
export interface ToolResultChange {
  result: ToolOutput
  status?: 'success' | 'error'
}

interface HookEvent {
  /** Counts model calls from 1. */
  readonly cycle: number
  /** Aborts when the run ends; nobody waits for the hook from then on. */
  readonly signal: AbortSignal
  /**
   * Stops the clock of `timeoutSeconds`, here and in the runs above, until the hook is done or what
   * this returns is called: for a hook that asks a person.
   */
  pauseClock(): () => void
}

export interface BeforeModelCallEvent extends HookEvent {
  readonly messages: readonly Message[]
  readonly system: readonly SystemContentBlock[]
  readonly params: Readonly<JsonObject>
}

/** Either `message`, `stopReason` and what was spent are there, or `error` is. */
export interface AfterModelCallEvent extends HookEvent {
  /** How many times this call was made, 1 at first. It is made ten times at most. */
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
  /** How many times the tool was run for this call, 1 at first. It is run ten times at most. */
  readonly attempt: number
  readonly status: 'success' | 'error'
  readonly content: ToolResultBlock['toolResult']['content']
}
