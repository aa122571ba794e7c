import type { ServerContext } from '@modelcontextprotocol/server'
import type { RequestEnd } from '../telemetry/request.js'
import { isJsonObject } from '../util/json.js'
import { type TraceContext, traceContext } from '../util/trace-context.js'
import { sessionHeader } from './client/call-id.js'
import type { Services } from './services.js'

interface WatchedRequest {
  method: string
  /** The name of the tool. */
  target?: string
  principal: string
}

/**
 * Handles a request within its caller's trace, and within a span of this server if telemetry is on.
 * The context in `_meta` has priority over the header, because one HTTP request can carry several
 * MCP requests.
 */
export async function traced<Result extends object>(
  { method, target, principal }: WatchedRequest,
  { http, mcpReq }: ServerContext,
  { telemetry }: Services,
  serve: (trace: TraceContext | undefined) => Result | Promise<Result>,
): Promise<Result> {
  const headers = http?.req?.headers
  const meta: Record<string, unknown> = mcpReq._meta ?? {}
  const parent =
    traceContext(meta.traceparent, meta.tracestate) ??
    traceContext(headers?.get('traceparent'), headers?.get('tracestate'))
  if (!telemetry) return serve(parent)
  const sessionId = headers?.get(sessionHeader) ?? undefined
  const span = telemetry.request({
    method,
    ...(target !== undefined && { target }),
    ...(sessionId !== undefined && { sessionId }),
    parent,
    principal,
    requestId: String(mcpReq.id),
    overHttp: http !== undefined,
  })
  let end: RequestEnd = { error: '_OTHER' }
  try {
    const result = await serve(span.context)
    end = endOf(result)
    return result
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) end = { error: String(thrown.code) }
    throw thrown
  } finally {
    span.end(end)
  }
}

function endOf(result: object): RequestEnd {
  if (!('isError' in result && result.isError)) return {}
  const data = 'structuredContent' in result ? result.structuredContent : undefined
  const { code } = isJsonObject(data) && isJsonObject(data.error) ? data.error : {}
  return { error: 'tool_error', ...(typeof code === 'string' && { code }) }
}
