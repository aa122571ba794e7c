import type {
  CallToolResult,
  InputRequiredResult,
  Tool as McpTool,
} from '@modelcontextprotocol/server'
import type { PassedBudget } from '../agent/tools/budget-meta.js'
import type { RunEngine, RunRecord } from '../runs/engine.js'
import type { TraceContext } from '../util/trace-context.js'

/** A result, or a form for the user, after which the client repeats the call. */
export type ToolAnswer = CallToolResult | InputRequiredResult

/** One block of a result's `content`. */
export type Content = CallToolResult['content'][number]

/** A tool of this server: what tools/list shows and what a call does. */
export interface ServerTool {
  readonly name: string
  describe(): McpTool
  /** Compiles the check of the arguments, which the first call would do otherwise. */
  prepare?(): void
  call(call: ToolCall): Promise<ToolAnswer>
}

export interface ToolCall {
  /** The arguments as the client sent them; the tool checks them. */
  readonly args: unknown
  readonly signal: AbortSignal
  /** The owner of the runs and sessions of this call. */
  readonly principal: string
  /** The name of the client; `undefined` if it gave none. */
  readonly client: string | undefined
  /** The budget that the caller passes on to this call; `undefined` if it passes none. */
  readonly budget: PassedBudget | undefined
  /**
   * True if the client declared the Tasks extension (2026-07-28), so that a result may be a task.
   */
  readonly takesTasks: boolean
  readonly elicitor: Elicitor
  /** The caller's trace context; `undefined` if it sent none. */
  readonly trace: TraceContext | undefined
  /** Sends a progress notification; `undefined` if the client asked for none. */
  readonly sendProgress: ((progress: number, message: string) => void) | undefined
}

/** A call's way to show approval forms to the user of its client. */
export interface Elicitor {
  /** True if the client can show forms. */
  readonly supported: boolean
  /** True if a form is shown while the call waits (2025), and not by its result (2026). */
  readonly inline: boolean
  /** The run whose form the previous round of this call showed. */
  readonly runId: string | undefined
  /** Passes the answers of that round to the run. Returns whether each form was answered. */
  decide(runs: RunEngine, principal: string): Promise<boolean>
  /** Returns the form as a result or, inline, whether each form was answered in time. */
  ask(record: RunRecord, approval: ApprovalContext): Promise<InputRequiredResult | boolean>
}

export interface ApprovalContext {
  readonly runs: RunEngine
  readonly principal: string
  readonly signal: AbortSignal
  readonly timeoutMs: number
}
