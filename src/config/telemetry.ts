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
    .describe(
      'URL of an OTLP collector over HTTP. Turns on traces and metrics unless they are set.',
    ),
  prometheusHost: z.string().min(1).exactOptional(),
  prometheusPort: z.int().min(1).max(65535).exactOptional(),
  recordContent: z
    .boolean()
    .exactOptional()
    .describe('Record prompts, answers, tool arguments and results in spans.'),
  spendFields: z
    .boolean()
    .exactOptional()
    .describe('Send the caller, agent and session of each call to a LiteLLM Proxy.'),
})

export interface TelemetryConfig {
  /** `undefined` if there are no traces. */
  traces?: 'otlp' | 'console'
  metrics?: 'otlp' | 'prometheus'
  /** URL of the collector; `undefined` if the exporters read it from the environment. */
  endpoint?: string
  prometheusHost: string
  prometheusPort: number
  recordContent: boolean
  spendFields: boolean
  /** Whether the file asks for telemetry, so that the server must not start without it. */
  required: boolean
}

type Environment = Readonly<Record<string, string | undefined>>
type FileTelemetry = z.output<typeof telemetrySchema>

/** Returns the settings of telemetry: OpenTelemetry's variables override the file. Pure. */
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

/** Returns whether OpenTelemetry's variable records the content of messages in spans; `undefined` if it is not set. */
function capturesContent(env: Environment): boolean | undefined {
  const value = env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.toLowerCase()
  if (!value) return undefined
  return ['true', 'span_only', 'span_and_event'].includes(value)
}
