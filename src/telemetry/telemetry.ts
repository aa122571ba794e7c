import { AgentError } from '../agent/errors.js'
import type { Span } from '../agent/span.js'
import type { TelemetryConfig } from '../config/telemetry.js'
import type { RunLoad, RunSummary } from '../runs/engine.js'
import type { Logger } from '../util/logger.js'
import type { TraceContext } from '../util/trace-context.js'
import { type Attributes, errorAttribute, type ModelName, modelName } from './attributes.js'
import { Instruments, observeLoad } from './instruments.js'
import { loading } from './packages.js'
import { meterProvider, resourceOf, tracerProvider } from './providers.js'
import type { RequestEnd, RequestStart, RequestTelemetry } from './request.js'
import { type Api, type Watch, WatchedSpan } from './spans.js'

export interface TelemetryOptions {
  version: string
  log: Logger
  /**
   * Returns the `provider/model` route of a model id. Fails with an AgentError if the model does
   * not exist.
   */
  routeOf: (modelId: string) => string
}

/** Provides the traces and metrics of this server. */
export interface RunningTelemetry extends RequestTelemetry {
  /** Returns the span under which a run is recorded in its caller's trace. */
  runsUnder(context: TraceContext | undefined): Span
  runEnded(run: RunSummary): void
  /** Registers the function that each metrics collection calls. */
  watchLoad(load: () => RunLoad): void
  /** Sends the remaining telemetry. It never fails, and takes at most two seconds. */
  close(): Promise<void>
}

const scope = 'litellm-agents-mcp'
const closeMs = 2_000

/** Starts telemetry. Fails with `configuration` if a package is missing or the port is in use. */
export async function startTelemetry(
  config: TelemetryConfig,
  { version, log, routeOf }: TelemetryOptions,
): Promise<RunningTelemetry> {
  const resource = await resourceOf(version)
  const traces = config.traces && (await tracerProvider(config, resource))
  const metrics = config.metrics && (await meterProvider(config, resource))
  const api = await loading(['@opentelemetry/api'], () => import('@opentelemetry/api'))
  logTrouble(api, log)
  const meter = metrics?.getMeter(scope, version)
  const watch: Watch = {
    api,
    tracer: traces?.getTracer(scope, version),
    instruments: meter && new Instruments(meter),
    recordContent: config.recordContent,
    nameOf: modelNames(routeOf),
  }

  return {
    request: (start) => request(watch, start),
    runsUnder: (context) => new WatchedSpan(watch, context),
    runEnded: ({ createdAt, startedAt }) => {
      if (startedAt !== undefined) watch.instruments?.queued(startedAt - createdAt)
    },
    watchLoad: (load) => {
      if (meter) observeLoad(meter, load)
    },
    close: async () => {
      const all = Promise.allSettled([traces?.shutdown(), metrics?.shutdown()])
      await Promise.race([all, new Promise((resolve) => setTimeout(resolve, closeMs).unref())])
    },
  }
}

/** Starts the span of an MCP request, by the server-side conventions. */
function request(watch: Watch, start: RequestStart): ReturnType<RequestTelemetry['request']> {
  const { method, target, parent, principal, sessionId, requestId, overHttp } = start
  const startedAt = performance.now()
  const attributes: Attributes = {
    'mcp.method.name': method,
    ...(method === 'tools/call' && { 'gen_ai.operation.name': 'execute_tool' }),
    ...(target !== undefined && { 'gen_ai.tool.name': target }),
    'network.transport': overHttp ? 'tcp' : 'pipe',
  }
  const options = {
    kind: watch.api.SpanKind.SERVER,
    attributes: {
      ...attributes,
      'jsonrpc.request.id': requestId,
      'enduser.id': principal,
      ...(sessionId !== undefined && { 'mcp.session.id': sessionId }),
    },
  }
  const name = target === undefined ? method : `${method} ${target}`
  return new WatchedSpan(watch, parent).below<RequestEnd>(name, options, ({ error, code }) => {
    watch.instruments?.request(attributes, performance.now() - startedAt, { error, code })
    const outcome = errorAttribute(error)
    return { attributes: code ? { ...outcome, 'litellm_agents.error_code': code } : outcome, error }
  })
}

/** Returns a function that names models. A model id without a route does not cause a failure. */
function modelNames(routeOf: TelemetryOptions['routeOf']): (modelId: string) => ModelName {
  return (modelId) => {
    try {
      return modelName(routeOf(modelId))
    } catch (error) {
      if (!(error instanceof AgentError)) throw error
      return modelName(modelId)
    }
  }
}

/** Logs each distinct exporter message once, because a collector can be unavailable for hours. */
function logTrouble({ diag, DiagLogLevel }: Api, log: Logger): void {
  const said = new Set<string>()
  const warn = (message: string) => {
    const text = message.slice(0, 200)
    if (said.has(text) || said.size > 100) return
    said.add(text)
    log.warn('telemetry has a problem', { reason: text })
  }
  const silent = () => {}
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}
