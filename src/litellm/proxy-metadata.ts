import { isJsonObject } from '../util/json.js'
import type { TraceContext } from '../util/trace-context.js'

import type { Route } from './routes/route.js'
import type { CallSettings } from './settings.js'

/** Identifies the user and purpose of a call in the spend logs of a LiteLLM Proxy. */
export interface SpendMetadata {
  user?: string
  tags: readonly string[]
  sessionId: string
}

/**
 * Adds the spend fields to calls through a LiteLLM Proxy only, because providers refuse unknown
 * fields. Parameters that the operator set take precedence.
 */
export function withSpendFields(
  settings: CallSettings,
  { user, tags, sessionId }: SpendMetadata,
  { kind, wire }: Pick<Route, 'kind' | 'wire'>,
): CallSettings {
  if (kind !== 'proxy') return settings
  // On Anthropic's wire, the `metadata` field of the body belongs to Anthropic.
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

/**
 * Adds the trace headers to a call. Headers that are already set take precedence. `tracestate`
 * contains vendor data, so it is sent only to a proxy.
 */
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
