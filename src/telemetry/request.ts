import type { Span } from '../agent/span.js'
import type { TraceContext } from '../util/trace-context.js'

/** Traces MCP requests. */
export interface RequestTelemetry {
  request(start: RequestStart): Pick<Span<RequestEnd>, 'context' | 'end'>
}

export interface RequestEnd {
  /** The kind of failure by MCP's conventions; `undefined`: none. */
  readonly error?: string | undefined
  /** Of the AgentError that a tool answered with. */
  readonly code?: string | undefined
}

export interface RequestStart {
  readonly method: string
  /** The tool. */
  readonly target?: string
  readonly parent: TraceContext | undefined
  readonly principal: string
  readonly sessionId?: string
  readonly requestId: string
  readonly overHttp: boolean
}
