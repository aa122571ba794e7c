import { EventStreamCodec } from '@smithy/core/event-streams'
import { argumentFragments, type RenderedStream, type Reply, type StreamEvent } from './reply.js'
import type { JsonObject } from './types.js'

const STOP_REASONS: Record<string, string> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  content_filter: 'content_filtered',
}

const EXCEPTIONS: Record<number, string> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
}

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
)

export function bedrockBody(reply: Reply): JsonObject {
  const usage = usageOf(reply)
  const content = blocks(reply).map(({ whole }) => whole)
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: stopReason(reply),
    ...(usage && { usage }),
    metrics: { latencyMs: 123 },
  }
}

export function bedrockStream(reply: Reply): RenderedStream {
  const usage = usageOf(reply)
  const stops = reply.stopReason !== null && reply.step.end !== 'noDone'
  return {
    content: [
      event('messageStart', { role: 'assistant' }),
      ...blocks(reply).flatMap(({ start, deltas }, contentBlockIndex) => [
        ...(start ? [event('contentBlockStart', { start, contentBlockIndex })] : []),
        ...deltas.map((delta) => event('contentBlockDelta', { delta, contentBlockIndex }, true)),
        event('contentBlockStop', { contentBlockIndex }),
      ]),
    ],
    closing: [
      ...(stops ? [event('messageStop', { stopReason: stopReason(reply) })] : []),
      ...(usage ? [event('metadata', { usage, metrics: { latencyMs: 123 } })] : []),
    ],
  }
}

export function bedrockError(status: number, message: string): { name: string; body: string } {
  const name = EXCEPTIONS[status] ?? (status >= 500 ? 'InternalServerException' : 'Unknown')
  return { name, body: JSON.stringify({ message }) }
}

/** One message of the event stream, by the vendor's own encoder; `exception` for those. */
export function bedrockEvent(
  name: string,
  payload: JsonObject,
  type: 'event' | 'exception' = 'event',
): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value })
  return codec.encode({
    headers: {
      [`:${type}-type`]: text(name),
      ':content-type': text('application/json'),
      ':message-type': text(type),
    },
    body: Buffer.from(JSON.stringify(payload)),
  })
}

function event(name: string, payload: JsonObject, isContent = false): StreamEvent {
  return { bytes: bedrockEvent(name, payload), isContent }
}

/** Each block as JSON has it (`whole`) and as a stream has it. Only tool calls are announced. */
function blocks({ reasoningPieces, step, textPieces, toolCalls }: Reply) {
  const all: { whole: JsonObject; start?: JsonObject; deltas: JsonObject[] }[] = []
  if (step.reasoning) {
    const { text, signature = 'c2lnLWZha2U=' } = step.reasoning
    const thoughts = [...reasoningPieces.map((piece) => ({ text: piece })), { signature }]
    const deltas = thoughts.map((reasoningContent) => ({ reasoningContent }))
    all.push({ whole: { reasoningContent: { reasoningText: { text, signature } } }, deltas })
  }
  if (textPieces.length > 0)
    all.push({
      whole: { text: textPieces.join('') },
      deltas: textPieces.map((text) => ({ text })),
    })
  for (const { id, name, arguments: args } of toolCalls) {
    const toolUse = { ...(id !== undefined && { toolUseId: id }), name }
    const deltas = argumentFragments(args).map((input) => ({ toolUse: { input } }))
    const whole = { toolUse: { ...toolUse, input: parsed(args) } }
    all.push({ whole, start: { toolUse }, deltas })
  }
  return all
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}

function stopReason({ stopReason: neutral }: Reply): string | undefined {
  return neutral === null ? undefined : (STOP_REASONS[neutral] ?? neutral)
}

function usageOf({ step, account, outputTokens }: Reply): JsonObject | null {
  if (step.usage !== undefined) return step.usage
  const { input, read, written5m, written1h } = account
  const written = written5m + written1h
  const lives = [
    { ttl: '1h', inputTokens: written1h },
    { ttl: '5m', inputTokens: written5m },
  ]
  return {
    inputTokens: input,
    outputTokens,
    totalTokens: input + read + written + outputTokens,
    cacheReadInputTokens: read,
    cacheWriteInputTokens: written,
    ...(written > 0 && { cacheDetails: lives.filter(({ inputTokens }) => inputTokens > 0) }),
  }
}
