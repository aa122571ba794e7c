import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject } from './fake-provider/index.js'

export interface CollectedSpan {
  name: string
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  /** 1: internal, 2: server, 3: client. */
  kind: number
  failed: boolean
  attributes: JsonObject
}

export interface Collector {
  url: string
  /** In the order in which they began, or ended where they began in the same millisecond. */
  spans(): CollectedSpan[]
  /** Every point of a metric, the latest of each collection last. */
  points(metric: string): { attributes: JsonObject; value: number }[]
  /** All that was ever sent. */
  raw(): string
  close(): Promise<void>
}

/** Takes what OTLP's exporters send over HTTP as JSON, and keeps it. */
export async function startCollector(): Promise<Collector> {
  const bodies: { path: string; text: string }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      bodies.push({ path: request.url ?? '', text })
      response.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sent = (path: string): JsonObject[] =>
    bodies.filter((body) => body.path === path).map(({ text }) => JSON.parse(text))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      sent('/v1/traces')
        .flatMap(({ resourceSpans }) => resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
        .toSorted((one, other) =>
          Number(BigInt(one.startTimeUnixNano) - BigInt(other.startTimeUnixNano)),
        )
        .map(span),
    points: (metric) =>
      sent('/v1/metrics')
        .flatMap(({ resourceMetrics }) => resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics)
        .filter(({ name }) => name === metric)
        .flatMap(({ sum, gauge, histogram }) => (sum ?? gauge ?? histogram).dataPoints)
        .map(point),
    raw: () => bodies.map(({ text }) => text).join('\n'),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function span({ name, traceId, spanId, parentSpanId, kind, status, attributes }: JsonObject) {
  return {
    name,
    traceId,
    spanId,
    parentSpanId: parentSpanId || undefined,
    kind,
    failed: status?.code === 2,
    attributes: plain(attributes),
  }
}

function point({ attributes, asDouble, asInt, sum }: JsonObject) {
  return { attributes: plain(attributes), value: Number(asDouble ?? asInt ?? sum) }
}

/** OTLP's attributes as an object. */
function plain(attributes: { key: string; value: JsonObject }[] = []): JsonObject {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]))
}

function plainValue(value: JsonObject): unknown {
  if (value.arrayValue) return value.arrayValue.values.map(plainValue)
  if ('intValue' in value) return Number(value.intValue)
  return Object.values(value)[0]
}

/** Names of spans, each with those below it. */
export function tree(spans: readonly CollectedSpan[], above: string | undefined): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === above)
    .flatMap(({ name, spanId }) => [name, ...tree(spans, spanId).map((line) => `  ${line}`)])
}
