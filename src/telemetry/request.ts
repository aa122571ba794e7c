import type { Span } from '../agent/span.js'
import type { TraceContext } from '../util/trace-context.js'

/** Traces MCP requests. */
export interface RequestTelemetry {
  request(start: RequestStart): Pick<Span<RequestEnd>, 'context' | 'end'>
}

export interface RequestEnd {
  /** The failure type in the MCP conventions; `undefined` if the request succeeded. */
  readonly error?: string | undefined
  /** The code of the AgentError that a tool returned. */
  readonly code?: string | undefined
}

export interface RequestStart {
  readonly method: string
  /** The name of the tool. */
  readonly target?: string
  readonly parent: TraceContext | undefined
  readonly principal: string
  readonly sessionId?: string
  readonly requestId: string
  readonly overHttp: boolean
}
