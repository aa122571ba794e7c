import * as z from 'zod'
import { strict } from './strict.js'

const traceExporters = ['otlp', 'console', 'none'] as const
const metricExporters = ['otlp', 'prometheus', 'none'] as const

export const telemetrySchema = strict({
  traces: z.enum(traceExporters).exactOptional(),
  metrics: z.enum(metricExporters).exactOptional(),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .describe('Of an OTLP collector over HTTP; turns on what is not said otherwise.'),
  prometheusHost: z.string().min(1).exactOptional(),
  prometheusPort: z.int().min(1).max(65535).exactOptional(),
  recordContent: z
    .boolean()
    .exactOptional()
    .describe('Prompts, answers, tool arguments and results stand in spans.'),
  spendFields: z
    .boolean()
    .exactOptional()
    .describe('false: a LiteLLM Proxy is not told for whom a call is.'),
})

export interface TelemetryConfig {
  /** Absent: there are none. */
  traces?: 'otlp' | 'console'
  metrics?: 'otlp' | 'prometheus'
  /** Of the collector; absent: the exporters' own environment variables say. */
  endpoint?: string
  prometheusHost: string
  prometheusPort: number
  recordContent: boolean
  spendFields: boolean
  /** The file asks for it: then the server does not start without. */
  required: boolean
}

type Environment = Readonly<Record<string, string | undefined>>
type FileTelemetry = z.output<typeof telemetrySchema>

/** The file, then OpenTelemetry's own variables over it. Pure. */
export function resolveTelemetry(file: FileTelemetry, env: Environment): TelemetryConfig {
  const { endpoint, prometheusHost, prometheusPort, recordContent, spendFields } = file
  const traces = exporter(traceExporters, 'TRACES', file.traces, endpoint, env)
  const metrics = exporter(metricExporters, 'METRICS', file.metrics, endpoint, env)
  return {
    ...(traces !== 'none' && { traces }),
    ...(metrics !== 'none' && { metrics }),
    ...(endpoint !== undefined &&
      !env.OTEL_EXPORTER_OTLP_ENDPOINT && { endpoint: endpoint.replace(/\/+$/, '') }),
    prometheusHost: env.OTEL_EXPORTER_PROMETHEUS_HOST || prometheusHost || '127.0.0.1',
    prometheusPort: Number(env.OTEL_EXPORTER_PROMETHEUS_PORT) || prometheusPort || 9464,
    recordContent: capturesContent(env) ?? recordContent ?? false,
    spendFields: spendFields ?? true,
    required: [file.traces, file.metrics, endpoint].some((asked) => asked && asked !== 'none'),
  }
}

function exporter<const Name extends string>(
  known: readonly Name[],
  signal: 'TRACES' | 'METRICS',
  inFile: Name | undefined,
  endpoint: string | undefined,
  env: Environment,
): Name | 'none' {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return 'none'
  const named = env[`OTEL_${signal}_EXPORTER`]
  if (named) {
    const names = named.split(',').map((name) => name.trim())
    return known.find((one) => names.includes(one)) ?? 'none'
  }
  if (inFile !== undefined) return inFile
  const address =
    endpoint || env.OTEL_EXPORTER_OTLP_ENDPOINT || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]
  return (address && known.find((one) => one === 'otlp')) || 'none'
}

/** OpenTelemetry's variable for the content of messages; only what goes into spans counts. */
function capturesContent(env: Environment): boolean | undefined {
  const value = env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.toLowerCase()
  if (!value) return undefined
  return ['true', 'span_only', 'span_and_event'].includes(value)
}
