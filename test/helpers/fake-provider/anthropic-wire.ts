import { argumentFragments, type RenderedStream, type Reply, type StreamEvent } from './reply.js'
import type { JsonObject } from './types.js'

const STOP_REASONS: Record<string, string> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  content_filter: 'refusal',
}

const ERROR_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

export function anthropicBody(reply: Reply): JsonObject {
  const { step, textPieces, toolCalls } = reply
  const text = textPieces.join('')
  const content = [
    ...(step.reasoning ? [thinkingBlock(step.reasoning)] : []),
    ...(text ? [{ type: 'text', text }] : []),
    ...toolCalls.map((call) => ({ ...toolUse(call), input: parsed(call.arguments) })),
  ]
  const usage = usageOf(reply)
  return {
    ...message(reply),
    content,
    stop_reason: stopReason(reply),
    ...(usage && { usage }),
  }
}

export function anthropicStream(reply: Reply): RenderedStream {
  const usage = usageOf(reply)
  const { stopReason: neutral, step } = reply
  const start = { ...message(reply), ...(usage && { usage: { ...usage, output_tokens: 1 } }) }
  const closing: JsonObject[] = []
  if (neutral !== null || usage) {
    const delta = { stop_reason: stopReason(reply), stop_sequence: null }
    const spent = usage && { usage: { output_tokens: usage.output_tokens } }
    closing.push({ type: 'message_delta', delta, ...spent })
  }
  if (step.end !== 'noDone') closing.push({ type: 'message_stop' })
  return {
    content: [
      event({ type: 'message_start', message: start }),
      event({ type: 'ping' }),
      ...blocks(reply).flatMap(({ block, deltas }, index) => [
        event({ type: 'content_block_start', index, content_block: block }),
        ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta }, true)),
        event({ type: 'content_block_stop', index }),
      ]),
    ],
    closing: closing.map((data) => event(data)),
  }
}

export function anthropicError(status: number, text: string): JsonObject {
  const type = ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
  return { type: 'error', error: { type, message: text }, request_id: 'req_fake' }
}

function blocks({ reasoningPieces, step, textPieces, toolCalls }: Reply) {
  const all: { block: JsonObject; deltas: JsonObject[] }[] = []
  if (step.reasoning) {
    const { signature } = thinkingBlock(step.reasoning)
    const thoughts = reasoningPieces.map((thinking) => ({ type: 'thinking_delta', thinking }))
    const deltas = [...thoughts, { type: 'signature_delta', signature }]
    all.push({ block: { type: 'thinking', thinking: '', signature: '' }, deltas })
  }
  if (textPieces.length > 0) {
    const deltas = textPieces.map((text) => ({ type: 'text_delta', text }))
    all.push({ block: { type: 'text', text: '' }, deltas })
  }
  for (const call of toolCalls) {
    const fragments = ['', ...argumentFragments(call.arguments)]
    const deltas = fragments.map((json) => ({ type: 'input_json_delta', partial_json: json }))
    all.push({ block: { ...toolUse(call), input: {} }, deltas })
  }
  return all
}

function message(reply: Reply): JsonObject {
  return {
    id: reply.id,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
}

function thinkingBlock({ text, signature = 'c2lnLWZha2U=' }: { text: string; signature?: string }) {
  return { type: 'thinking', thinking: text, signature }
}

function toolUse({ id, name }: Reply['toolCalls'][number]): JsonObject {
  return { type: 'tool_use', ...(id !== undefined && { id }), name }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {}
  }
}

function stopReason({ stopReason: neutral }: Reply): string | null {
  return neutral === null ? null : (STOP_REASONS[neutral] ?? neutral)
}

function usageOf({ step, account, outputTokens }: Reply): JsonObject | null {
  if (step.usage !== undefined) return step.usage
  return {
    input_tokens: account.input,
    cache_creation_input_tokens: account.written5m + account.written1h,
    cache_read_input_tokens: account.read,
    cache_creation: {
      ephemeral_5m_input_tokens: account.written5m,
      ephemeral_1h_input_tokens: account.written1h,
    },
    output_tokens: outputTokens,
    service_tier: 'standard',
  }
}

function event(data: JsonObject, isContent = false): StreamEvent {
  return { bytes: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`, isContent }
}
