/** Holds a W3C Trace Context, as HTTP headers and MCP's `_meta` carry it. */
export interface TraceContext {
  traceparent: string
  tracestate?: string
}

const traceparentPattern =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/
const tracestatePattern = /^[\x20-\x7e]{1,512}$/

/** Returns the trace context that a caller sent; `undefined` if it is not valid. */
export function traceContext(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string' || !traceparentPattern.test(traceparent)) return undefined
  const sound = typeof tracestate === 'string' && tracestatePattern.test(tracestate)
  return { traceparent, ...(sound && { tracestate }) }
}
