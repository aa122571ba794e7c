import type { JsonValue } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'
import type { ErrorCode } from './error-codes.js'
import type { Message, StopReason, ToolResultBlock } from './messages/content.js'
import type { CacheReport } from './metrics/cache-report.js'
import type { ChildSpending, CycleMetrics } from './metrics/types.js'

import type { ModelRequest } from './model.js'

/**
 * A piece of work that somebody watches: a run, a model call or a tool call. Where nobody does there
 * is none, and nothing is done for it.
 */
export interface Span<End = unknown> {
  /** What those go on with who are called in it; `undefined`: nothing. */
  readonly context: TraceContext | undefined
  startRun(run: RunStart): Span<RunEnd>
  startModelCall(call: ModelCallStart): Span<ModelCallEnd>
  startToolCall(call: ToolCallStart): Span<ToolCallEnd>
  /** To be called exactly once. */
  end(end: End): void
}

export interface RunStart {
  /** The agent; empty: it has no name. */
  name: string
  modelId: string
}

export interface RunEnd extends ChildSpending {
  /** There where the run came to an end that is no error. */
  stopReason?: StopReason
  error?: ErrorCode
}

export interface ModelCallStart {
  modelId: string
  request: ModelRequest
  stream: boolean
}

export interface ModelCallEnd {
  metrics: CycleMetrics
  cache?: CacheReport
  message?: Message
}

export interface ToolCallStart {
  /** `undefined`: the model named a tool that is not there. */
  name: string | undefined
  toolUseId: string
  input: JsonValue
}

export type ToolCallEnd = Pick<ToolResultBlock['toolResult'], 'status' | 'content'>

/** A caller's trace where nobody here watches: it goes on to those who are called. */
export function passThroughSpan(context: TraceContext): Span {
  const span: Span = {
    context,
    startRun: () => span,
    startModelCall: () => span,
    startToolCall: () => span,
    end: () => {},
  }
  return span
}
