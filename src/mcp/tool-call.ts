import type {
  CallToolResult,
  InputRequiredResult,
  Tool as McpTool,
} from '@modelcontextprotocol/server'
import type { PassedBudget } from '../agent/tools/budget-meta.js'
import type { RunEngine, RunRecord } from '../runs/engine.js'
import type { TraceContext } from '../util/trace-context.js'

/** A result, or a form for the person at the client, to be called again with. */
export type ToolAnswer = CallToolResult | InputRequiredResult

/** One block of a result's `content`. */
export type Content = CallToolResult['content'][number]

/** A tool of this server: what tools/list shows and what a call does. */
export interface ServerTool {
  readonly name: string
  describe(): McpTool
  call(call: ToolCall): Promise<ToolAnswer>
}

export interface ToolCall {
  /** As they came; the tool checks them. */
  readonly args: unknown
  readonly signal: AbortSignal
  /** Who calls; sessions belong to them. */
  readonly principal: string
  /** The client by the name it gives itself, where it does. */
  readonly client: string | undefined
  /** What the caller passes down of its own; absent: nothing. */
  readonly budget: PassedBudget | undefined
  /** The client knows of tasks (2026-07-28), and may be answered with one. */
  readonly takesTasks: boolean
  readonly asking: Asking
  /** Of which the call is a part; `undefined`: of none. */
  readonly trace: TraceContext | undefined
  /** `undefined`: nobody listens. */
  readonly sendProgress: ((progress: number, message: string) => void) | undefined
}

/** A call's way to the person at its client: a form that is shown before the call has its result. */
export interface Asking {
  /** Whether the client can show one. */
  readonly able: boolean
  /** Whether it is shown while the call waits (2025), and not by the result of the call (2026). */
  readonly withinCall: boolean
  /** The run that the client was asked about in the round before this one. */
  readonly runId: string | undefined
  /** Takes the answers of that round; whether there was one to each question. */
  decide(runs: RunEngine, principal: string): Promise<boolean>
  /** The form to be the result; within the call, whether each question was answered in time. */
  ask(record: RunRecord, within: Within): Promise<InputRequiredResult | boolean>
}

export interface Within {
  readonly runs: RunEngine
  readonly principal: string
  readonly signal: AbortSignal
  readonly timeoutMs: number
}
