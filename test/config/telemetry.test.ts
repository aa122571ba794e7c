import { describe, expect, test } from 'vitest'
import { resolveTelemetry } from '../../src/config/telemetry.js'
import { loading } from '../../src/telemetry/packages.js'

const exporters = (file: object, env: Record<string, string> = {}) => {
  const { traces = 'none', metrics = 'none' } = resolveTelemetry(file, env)
  return [traces, metrics]
}

describe('what turns telemetry on', () => {
  test.each([
    [{}, {}, ['none', 'none']],
    [{ endpoint: 'http://c:4318' }, {}, ['otlp', 'otlp']],
    [{ metrics: 'prometheus' }, {}, ['none', 'prometheus']],
    [{ endpoint: 'http://c:4318', metrics: 'none' }, {}, ['otlp', 'none']],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, ['otlp', 'otlp']],
    [{}, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/x' }, ['otlp', 'none']],
    [{}, { OTEL_METRICS_EXPORTER: 'prometheus' }, ['none', 'prometheus']],
    [{}, { OTEL_TRACES_EXPORTER: 'zipkin, console' }, ['console', 'none']],
    [{ traces: 'otlp' }, { OTEL_TRACES_EXPORTER: 'none' }, ['none', 'none']],
    [{ endpoint: 'http://c:4318' }, { OTEL_SDK_DISABLED: 'true' }, ['none', 'none']],
  ] as const)('%j with %j: %j', (file, env, expected) => {
    expect(exporters(file, env)).toEqual(expected)
  })

  test('content is recorded only where that is asked for', () => {
    const records = (file: object, value?: string) =>
      resolveTelemetry(
        file,
        value === undefined ? {} : { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value },
      ).recordContent
    expect(records({})).toBe(false)
    expect(records({ recordContent: true })).toBe(true)
    expect(records({}, 'SPAN_ONLY')).toBe(true)
    expect(records({}, 'event_only')).toBe(false)
    expect(records({ recordContent: true }, 'NO_CONTENT')).toBe(false)
  })
})

test('a package that is absent is named, with the command that installs it', async () => {
  const missing = () => import('@opentelemetry/absent' as string)
  await expect(
    loading(['@opentelemetry/api', '@opentelemetry/sdk-trace'], missing),
  ).rejects.toMatchObject({
    code: 'configuration',
    hint: expect.stringMatching(
      /npm install @opentelemetry\/api@\d+\.\d+\.\d+ @opentelemetry\/sdk-trace@\d+\.\d+\.\d+$/,
    ),
  })
})
