import type { JsonValue } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'
import type { ErrorCode } from './error-codes.js'
import type { Message, StopReason, ToolResultBlock } from './messages/content.js'
import type { CacheReport } from './metrics/cache-report.js'
import type { ChildSpending, CycleMetrics } from './metrics/types.js'

import type { ModelRequest } from './model.js'

/**
 * A traced operation: a run, a model call or a tool call. If tracing is off, there are no spans.
 */
export interface Span<End = unknown> {
  /** The trace context to send with calls made in this span. `undefined` if there is none. */
  readonly context: TraceContext | undefined
  startRun(run: RunStart): Span<RunEnd>
  startModelCall(call: ModelCallStart): Span<ModelCallEnd>
  startToolCall(call: ToolCallStart): Span<ToolCallEnd>
  /** Must be called exactly once. */
  end(end: End): void
}

export interface RunStart {
  /** The agent's name. Empty if it has none. */
  name: string
  modelId: string
}

export interface RunEnd extends ChildSpending {
  /** Set if the run ended without an error. */
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
  /** `undefined` if the model named an unknown tool. */
  name: string | undefined
  toolUseId: string
  input: JsonValue
}

export type ToolCallEnd = Pick<ToolResultBlock['toolResult'], 'status' | 'content'>

/** Passes a caller's trace context on to the services called, without recording spans. */
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
