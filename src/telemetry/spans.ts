import type { Span as OtelSpan, SpanContext, SpanOptions, Tracer } from '@opentelemetry/api'
import type {
  ModelCallEnd,
  ModelCallStart,
  RunEnd,
  RunStart,
  Span,
  ToolCallEnd,
  ToolCallStart,
} from '../agent/span.js'
import type { TraceContext } from '../util/trace-context.js'
import {
  type Attributes,
  errorAttribute,
  type ModelName,
  modelAttributes,
  modelCallEnd,
  runAttributes,
  runEnd,
  toolAttributes,
} from './attributes.js'
import { replyContent, requestContent, toolArguments, toolResult } from './content.js'
import type { Instruments } from './instruments.js'

export type Api = typeof import('@opentelemetry/api')

/** Holds what all spans share. */
export interface Watch {
  api: Api
  /** The tracer; `undefined` if traces are off. The caller's trace context is still passed on. */
  tracer: Tracer | undefined
  /** The metrics; `undefined` if metrics are off. */
  instruments: Instruments | undefined
  recordContent: boolean
  nameOf: (modelId: string) => ModelName
}

/** Describes the end of a span: its final attributes, and the error if it failed. */
export interface Ending {
  attributes: Attributes
  error?: string | undefined
}

/**
 * Represents a place in a trace under which spans start. `end` returns the final attributes of a
 * span.
 */
export class WatchedSpan<End = unknown> implements Span<End> {
  constructor(
    private readonly watch: Watch,
    readonly context: TraceContext | undefined,
    private readonly onEnd: (end: End) => void = () => {},
  ) {}

  startRun({ name, modelId }: RunStart): Span<RunEnd> {
    const attributes = runAttributes(name, this.watch.nameOf(modelId))
    const title = name === '' ? 'invoke_agent' : `invoke_agent ${name}`
    return this.below<RunEnd>(title, { attributes }, (end) => {
      this.watch.instruments?.run(attributes, end)
      return { attributes: runEnd(end), error: end.error }
    })
  }

  startModelCall(call: ModelCallStart): Span<ModelCallEnd> {
    const { api, instruments, nameOf, recordContent } = this.watch
    const model = nameOf(call.modelId)
    const attributes = modelAttributes(model)
    const options = {
      kind: api.SpanKind.CLIENT,
      attributes: {
        ...attributes,
        'gen_ai.request.stream': call.stream,
        ...(recordContent && requestContent(call)),
      },
    }
    return this.below<ModelCallEnd>(`chat ${model.model}`, options, (end) => {
      instruments?.modelCall(attributes, end, call.stream)
      return {
        attributes: { ...modelCallEnd(end), ...(recordContent && replyContent(end.message)) },
        error: end.metrics.error,
      }
    })
  }

  startToolCall({ name = '_OTHER', toolUseId, input }: ToolCallStart): Span<ToolCallEnd> {
    const { instruments, recordContent } = this.watch
    const startedAt = performance.now()
    const attributes = toolAttributes(name)
    const options = {
      attributes: {
        ...attributes,
        'gen_ai.tool.call.id': toolUseId,
        'gen_ai.tool.type': 'function',
        ...(recordContent && toolArguments(input)),
      },
    }
    return this.below<ToolCallEnd>(`execute_tool ${name}`, options, ({ status, content }) => {
      const error = status === 'error' ? 'toolError' : undefined
      instruments?.toolCall(attributes, performance.now() - startedAt, error)
      return {
        attributes: { ...errorAttribute(error), ...(recordContent && toolResult(content)) },
        error,
      }
    })
  }

  /** Starts a span under this one. `ended` returns the final attributes of that span. */
  below<E>(name: string, options: SpanOptions, ended: (end: E) => Ending): WatchedSpan<E> {
    const span = startSpan(this.watch, name, options, this.context)
    const context = span ? contextOf(span.spanContext()) : this.context
    return new WatchedSpan<E>(this.watch, context, (end) => {
      const { attributes, error } = ended(end)
      if (!span) return
      span.setAttributes(attributes)
      // The status has no message, because a message can contain prompt or response text.
      if (error !== undefined) span.setStatus({ code: this.watch.api.SpanStatusCode.ERROR })
      span.end()
    })
  }

  end(end: End): void {
    this.onEnd(end)
  }
}

function startSpan(
  { api, tracer }: Watch,
  name: string,
  options: SpanOptions,
  parent: TraceContext | undefined,
): OtelSpan | undefined {
  const above = parent
    ? api.trace.setSpanContext(api.ROOT_CONTEXT, spanContext(api, parent))
    : api.ROOT_CONTEXT
  return tracer?.startSpan(name, options, above)
}

function spanContext(api: Api, { traceparent, tracestate }: TraceContext): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: api.createTraceState(tracestate) }),
  }
}

function contextOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const tracestate = traceState?.serialize()
  const flags = traceFlags.toString(16).padStart(2, '0')
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate && { tracestate }) }
}
