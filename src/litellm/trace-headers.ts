import type { TraceContext } from '../agent/trace-context.js'
import type { Route } from './route.js'
import type { CallSettings } from './settings.js'

/** A trace's headers beside the others, which go before them. What vendors noted in `tracestate` is for a proxy alone. */
export function withTrace(
  settings: CallSettings,
  { traceparent, tracestate }: TraceContext,
  { kind }: Pick<Route, 'kind'>,
): CallSettings {
  const trace = {
    traceparent,
    ...(kind === 'proxy' && tracestate !== undefined && { tracestate }),
  }
  return { ...settings, headers: { ...trace, ...settings.headers } }
}
