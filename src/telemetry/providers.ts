import type { DetectedResourceAttributes, Resource } from '@opentelemetry/resources'
import type { MetricReader } from '@opentelemetry/sdk-metrics'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import { configurationError } from '../agent/errors.js'
import type { TelemetryConfig } from '../config/telemetry.js'
import { createAgents } from '../util/network/agents.js'
import { loading } from './packages.js'
import { samplerFrom } from './sampler.js'

const metricIntervalMs = 60_000

/**
 * Returns the resource that identifies this server, including OTEL_SERVICE_NAME and
 * OTEL_RESOURCE_ATTRIBUTES.
 */
export function resourceOf(version: string): Promise<Resource> {
  return loading(['@opentelemetry/api', '@opentelemetry/resources'], async () => {
    const { defaultResource, detectResources, envDetector, resourceFromAttributes } = await import(
      '@opentelemetry/resources'
    )
    const own: DetectedResourceAttributes = {
      'service.name': 'litellm-agents-mcp',
      'service.version': version,
      'service.instance.id': crypto.randomUUID(),
    }
    return defaultResource()
      .merge(resourceFromAttributes(own))
      .merge(detectResources({ detectors: [envDetector] }))
  })
}

export function tracerProvider(config: TelemetryConfig, resource: Resource) {
  const exporter =
    config.traces === 'otlp' ? (['@opentelemetry/exporter-trace-otlp-http'] as const) : []
  const names = [
    '@opentelemetry/api',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
  ] as const
  return loading([...names, ...exporter], async () => {
    const sdk = await import('@opentelemetry/sdk-trace')
    return new sdk.TracerProvider({
      resource,
      sampler: samplerFrom(sdk, process.env),
      spanProcessors: [await spanProcessor(config, sdk)],
    })
  })
}

async function spanProcessor(
  { traces, endpoint }: TelemetryConfig,
  {
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SimpleSpanProcessor,
  }: typeof import('@opentelemetry/sdk-trace'),
): Promise<SpanProcessor> {
  if (traces === 'console') return new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const exporter = new OTLPTraceExporter({
    ...(endpoint !== undefined && { url: `${endpoint}/v1/traces` }),
    httpAgentOptions: networkAgent,
  })
  const delay = Number(process.env.OTEL_BSP_SCHEDULE_DELAY)
  return new BatchSpanProcessor({ exporter, ...(delay > 0 && { scheduledDelayMillis: delay }) })
}

export function meterProvider(config: TelemetryConfig, resource: Resource) {
  const exporter =
    config.metrics === 'prometheus'
      ? '@opentelemetry/exporter-prometheus'
      : '@opentelemetry/exporter-metrics-otlp-http'
  const names = [
    '@opentelemetry/api',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-metrics',
  ] as const
  return loading([...names, exporter], async () => {
    const { MeterProvider, PeriodicExportingMetricReader } = await import(
      '@opentelemetry/sdk-metrics'
    )
    if (config.metrics === 'prometheus')
      return new MeterProvider({ resource, readers: [await prometheus(config)] })
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
    const { endpoint } = config
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter({
        ...(endpoint !== undefined && { url: `${endpoint}/v1/metrics` }),
        httpAgentOptions: networkAgent,
      }),
      exportIntervalMillis: Number(process.env.OTEL_METRIC_EXPORT_INTERVAL) || metricIntervalMs,
    })
    return new MeterProvider({ resource, readers: [reader] })
  })
}

/** Returns the HTTP agent of an exporter, which connects through the environment's proxy. */
function networkAgent(protocol: string) {
  const { http, https } = createAgents({ keepAlive: true })
  return protocol === 'https:' ? https : http
}

/**
 * Serves /metrics on a separate port, because the totals cover all callers and no caller may read
 * them.
 */
async function prometheus({
  prometheusHost: host,
  prometheusPort: port,
}: TelemetryConfig): Promise<MetricReader> {
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
  const exporter = new PrometheusExporter({ host, port, preventServerStart: true })
  try {
    await exporter.startServer()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw configurationError(
      `Serving metrics on ${host}:${port} failed (${code}).`,
      'Choose another telemetry.prometheusPort, or OTEL_EXPORTER_PROMETHEUS_PORT.',
    )
  }
  return exporter
}
