import { argumentFragments, type RenderedStream, type Reply, type StreamEvent } from './reply.js'
import type { JsonObject, Step } from './types.js'

const CREATED = 1_700_000_000

export function openAiBody(reply: Reply): JsonObject {
  const { toolCalls, step, textPieces } = reply
  const usage = usageOf(reply)
  const calls = toolCalls.map(({ id, name, arguments: args }) => ({
    ...(id !== undefined && { id }),
    type: 'function',
    function: { name, arguments: args },
  }))
  const message = {
    role: 'assistant',
    content: textPieces.length > 0 ? textPieces.join('') : null,
    refusal: null,
    ...(step.reasoning && reasoningDelta(step.reasoning.text, step.reasoning.signature)),
    ...imagesOf(step),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return {
    id: reply.id,
    object: 'chat.completion',
    created: CREATED,
    model: reply.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reply.stopReason }],
    ...(usage && { usage }),
  }
}

export function openAiStream(reply: Reply): RenderedStream {
  const head = {
    id: reply.id,
    object: 'chat.completion.chunk',
    created: CREATED,
    model: reply.model,
  }
  const chunk = (delta: JsonObject, finish: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })
  const usage = reply.includeUsage ? usageOf(reply) : null
  const closing: (JsonObject | string)[] = [
    ...(reply.stopReason === null ? [] : [chunk({}, reply.stopReason)]),
    ...(usage ? [{ ...head, choices: [], usage }] : []),
    ...(reply.step.end === 'noDone' ? [] : ['[DONE]']),
  ]
  return {
    content: [
      event(chunk({ role: 'assistant', content: '' }), false),
      ...contentDeltas(reply).map((delta) => event(chunk(delta), true)),
    ],
    closing: closing.map((data) => event(data, false)),
  }
}

export function openAiError(status: number, message: string): JsonObject {
  const code = status === 429 ? 'rate_limit_exceeded' : status === 401 ? 'invalid_api_key' : null
  const type =
    status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error'
  return { error: { message, type, param: null, code } }
}

function contentDeltas(reply: Reply): JsonObject[] {
  const { reasoningPieces, step, textPieces } = reply
  const signature = step.reasoning?.signature
  return [
    ...reasoningPieces.map((text) => reasoningDelta(text, signature && null)),
    // LiteLLM: the signature arrives last, with the whole text once more.
    ...(signature
      ? [{ ...reasoningDelta(step.reasoning?.text ?? '', signature), reasoning_content: '' }]
      : []),
    ...textPieces.map((content) => ({ content })),
    ...(step.images ? [imagesOf(step)] : []),
    ...toolCallDeltas(reply).map((call) => ({ tool_calls: [call] })),
  ]
}

function imagesOf({ images }: Step): JsonObject {
  if (!images) return {}
  const items = images.map((url, index) => ({
    type: 'image_url',
    image_url: { url, detail: 'auto' },
    index,
  }))
  return { images: items }
}

/** Plain `reasoning_content`; with a signature also LiteLLM's `thinking_blocks`. */
function reasoningDelta(thinking: string, signature: string | null | undefined): JsonObject {
  if (signature === undefined) return { reasoning_content: thinking }
  const block = { type: 'thinking', thinking, ...(signature !== null && { signature }) }
  return { reasoning_content: thinking, thinking_blocks: [block] }
}

function toolCallDeltas(reply: Reply): JsonObject[] {
  const { toolIndex } = reply.step
  return reply.toolCalls.flatMap(({ id, name, arguments: args }, position) => {
    const index = toolIndex === 'none' ? {} : { index: toolIndex === 'index0' ? 0 : position }
    const start = (json: string) => ({
      ...index,
      ...(id !== undefined && { id }),
      type: 'function',
      function: { name, arguments: json },
    })
    if (toolIndex) return [start(args)]
    const rest = argumentFragments(args).map((part) => ({
      ...index,
      function: { arguments: part },
    }))
    return [start(''), ...rest]
  })
}

function usageOf({ step, account, outputTokens, reasoningTokens }: Reply): JsonObject | null {
  if (step.usage !== undefined) return step.usage
  const written = account.written5m + account.written1h
  const promptTokens = account.input + account.read + written
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: account.read, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  }
}

function event(data: JsonObject | string, isContent: boolean): StreamEvent {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return { bytes: `data: ${text}\n\n`, isContent }
}
