import { isJsonObject } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'

import type { Route } from './routes/route.js'
import type { CallSettings } from './settings.js'

/** For whom and for what a call is, as a LiteLLM Proxy keeps it with what the call cost. */
export interface SpendFields {
  user?: string
  tags: readonly string[]
  sessionId: string
}

/**
 * Tells a LiteLLM Proxy, and nobody else: providers refuse what they do not know. What the operator's
 * parameters say goes before it.
 */
export function withSpendFields(
  settings: CallSettings,
  { user, tags, sessionId }: SpendFields,
  { kind, wire }: Pick<Route, 'kind' | 'wire'>,
): CallSettings {
  if (kind !== 'proxy') return settings
  // On Anthropic's wire the body's metadata is Anthropic's.
  if (wire === 'anthropic-messages') {
    const headers = {
      ...(user !== undefined && { 'x-litellm-end-user-id': user }),
      'x-litellm-tags': tags.join(','),
      'x-litellm-session-id': sessionId,
    }
    return { ...settings, headers: { ...headers, ...settings.headers } }
  }
  const { metadata = {} } = settings.body
  const fields = {
    ...(user !== undefined && { user }),
    litellm_session_id: sessionId,
    ...settings.body,
    ...(isJsonObject(metadata) && { metadata: { tags: [...tags], ...metadata } }),
  }
  return { ...settings, body: fields }
}

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
