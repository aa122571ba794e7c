import { anthropicBody, anthropicError, anthropicStream } from './anthropic-wire.js'
import { bedrockBody, bedrockError, bedrockStream } from './bedrock-wire.js'
import type { Answer } from './delivery.js'
import { googleBody, googleError, googleStream } from './google-wire.js'
import { openAiBody, openAiError, openAiStream } from './openai-wire.js'
import type { Reply } from './reply.js'
import { responsesBody, responsesStream } from './responses-wire.js'
import type { ModelRequest, RecordedRequest, Step, Wire } from './types.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const EVENT_STREAM_TYPE = { 'content-type': 'application/vnd.amazon.eventstream' }
const SSE_TYPE = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }

const STREAMS = {
  openai: openAiStream,
  responses: responsesStream,
  anthropic: anthropicStream,
  bedrock: bedrockStream,
  google: googleStream,
}
const BODIES = {
  openai: openAiBody,
  responses: responsesBody,
  anthropic: anthropicBody,
  bedrock: bedrockBody,
  google: googleBody,
}

export function replyAnswer(reply: Reply, { stream, wire }: ModelRequest): Answer {
  const { headers, rawEvents } = reply.step
  if (stream || rawEvents) {
    const type = wire === 'bedrock' ? EVENT_STREAM_TYPE : SSE_TYPE
    const content = rawEvents?.map((bytes) => ({ bytes, isContent: true }))
    const plain = content ? { content, closing: [] } : STREAMS[wire](reply)
    const body = reply.step.rewrite?.(plain, wire) ?? plain
    return { status: 200, headers: { ...type, ...headers }, body }
  }
  const body = JSON.stringify(BODIES[wire](reply))
  return { status: 200, headers: { ...JSON_TYPE, ...headers }, body }
}

export function rawAnswer(wire: Wire, raw: NonNullable<Step['raw']>): Answer {
  const usual = errorAnswer(wire, raw.status, `The provider answered with status ${raw.status}.`)
  const body = typeof raw.body === 'object' ? JSON.stringify(raw.body) : (raw.body ?? usual.body)
  return { status: raw.status, headers: { ...usual.headers, ...raw.headers }, body }
}

export function errorAnswer(wire: Wire, status: number, message: string): Answer {
  if (wire === 'bedrock') {
    const { name, body } = bedrockError(status, message)
    return { status, headers: { ...JSON_TYPE, 'x-amzn-errortype': name }, body }
  }
  const body = errorBody(wire, status, message)
  return { status, headers: JSON_TYPE, body: JSON.stringify(body) }
}

function errorBody(wire: Wire, status: number, message: string): object {
  if (wire === 'google') return googleError(status, message)
  return wire === 'anthropic' ? anthropicError(status, message) : openAiError(status, message)
}

/** Whatever is no model call: the list of models, or 404. */
export function otherAnswer({ headers, method, path }: RecordedRequest, models: string[]): Answer {
  if (method !== 'GET' || !/^(\/v1)?\/models(\?|$)/.test(path)) {
    return errorAnswer('openai', 404, `Unknown request: ${method} ${path}`)
  }
  const data = headers['anthropic-version']
    ? models.map((id) => ({
        type: 'model',
        id,
        display_name: id,
        created_at: '2025-01-01T00:00:00Z',
      }))
    : models.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'fake' }))
  const ends = { has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null }
  const body = headers['anthropic-version'] ? { data, ...ends } : { object: 'list', data }
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body) }
}
