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

/** What all spans have in common. */
export interface Watch {
  api: Api
  /** `undefined`: no traces are wanted; a caller's goes on past us. */
  tracer: Tracer | undefined
  /** `undefined`: no metrics are wanted. */
  instruments: Instruments | undefined
  recordContent: boolean
  nameOf: (modelId: string) => ModelName
}

/** How a span ended: what is noted of it, and the error it ended with. */
export interface Ending {
  attributes: Attributes
  error?: string | undefined
}

/** A place in a trace under which spans are started; `end` says what is noted of one's end. */
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

  /** Starts a span under this one; what ends it says what is noted. */
  below<E>(name: string, options: SpanOptions, ended: (end: E) => Ending): WatchedSpan<E> {
    const span = startSpan(this.watch, name, options, this.context)
    const context = span ? contextOf(span.spanContext()) : this.context
    return new WatchedSpan<E>(this.watch, context, (end) => {
      const { attributes, error } = ended(end)
      if (!span) return
      span.setAttributes(attributes)
      // No message: it may hold what was said.
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
