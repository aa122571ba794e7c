import {
  bedrockEvent,
  type JsonObject,
  type RenderedStream,
  type StreamEvent,
  type Wire,
} from '../helpers/fake-provider/index.js'

/** What the end of a stream says comes, and then not the end. */
export function closedEarly({ content, closing }: RenderedStream, wire: Wire): RenderedStream {
  // On the other wires the last event holds the usage.
  const said = wire === 'openai' || wire === 'anthropic' ? closing.slice(0, -1) : closing
  return { content: [...content, ...said], closing: [] }
}

/** Headers, and nothing after them. */
export function silent(): RenderedStream {
  return { content: [], closing: [] }
}

export function errorFirst(_: RenderedStream, wire: Wire): RenderedStream {
  return { content: [errorEvent(wire)], closing: [] }
}

export function errorAfter({ content }: RenderedStream, wire: Wire): RenderedStream {
  return { content: [...content, errorEvent(wire)], closing: [] }
}

/** Before every event something that is none, or none that is known. */
export function pinged(stream: RenderedStream, wire: Wire): RenderedStream {
  const noise: Record<Wire, StreamEvent[]> = {
    openai: [
      sseEvent(': OPENROUTER PROCESSING\n\n'),
      sseEvent('event: ping\nid: 1\nretry: 10\n\n'),
    ],
    responses: [
      sseEvent(': keep-alive\n\n'),
      responsesEvent({ type: 'response.something_new.delta', delta: 'x' }),
      responsesEvent({ type: 'keepalive', sequence_number: 1 }),
    ],
    anthropic: [sseEvent(': comment\n\n'), anthropicEvent({ type: 'ping' })],
    bedrock: [event(bedrockEvent('somethingNew', { of: 'no account' }))],
    google: [sseEvent(': comment\n\n'), sseEvent('data: {"responseId": "x"}\n\n')],
  }
  return before(stream, noise[wire])
}

/** Deltas that hold nothing, in each wire's way. */
export function withNulls(stream: RenderedStream, wire: Wire): RenderedStream {
  if (wire === 'bedrock') return stream
  if (wire === 'anthropic')
    return before(stream, [sseEvent('event: ping\ndata: {"type": "ping"}\n\n')])
  if (wire === 'responses')
    return before(stream, [
      responsesEvent({ type: 'response.output_text.delta', output_index: 0, delta: null }),
      responsesEvent({ type: 'response.output_item.added', item: null }),
      responsesEvent({ type: 'response.output_text.done', output_index: 0, text: null }),
    ])
  if (wire === 'google')
    return before(
      stream,
      [{ candidates: null }, { candidates: [{ content: null }] }, { usageMetadata: null }].map(
        (response) => sseEvent(`data: ${JSON.stringify(response)}\n\n`),
      ),
    )
  const nothing = [
    { choices: [{ index: 0, delta: null, finish_reason: null }] },
    { choices: [{ index: 0, delta: { content: null, tool_calls: null, role: null } }] },
    { choices: null, usage: null },
  ]
  return before(
    stream,
    nothing.map((chunk) => sseEvent(`data: ${JSON.stringify(chunk)}\n\n`)),
  )
}

/** Azure and others begin with a chunk that has no choice. */
export function emptyChoices(stream: RenderedStream): RenderedStream {
  return before(stream, [sseEvent('data: {"choices": [], "prompt_filter_results": []}\n\n')])
}

export function crlf({ content, closing }: RenderedStream): RenderedStream {
  const change = (one: StreamEvent) => ({
    ...one,
    bytes: String(one.bytes).replaceAll('\n', '\r\n'),
  })
  return { content: content.map(change), closing: closing.map(change) }
}

function before({ content, closing }: RenderedStream, noise: StreamEvent[]): RenderedStream {
  const mixed = (events: StreamEvent[]) => events.flatMap((one) => [...noise, one])
  return { content: mixed(content), closing: mixed(closing) }
}

function errorEvent(wire: Wire): StreamEvent {
  const message = 'The engine is overloaded.'
  if (wire === 'bedrock')
    return event(bedrockEvent('modelStreamErrorException', { message }, 'exception'))
  if (wire === 'responses')
    return responsesEvent({ type: 'error', code: 'server_error', message, param: null })
  return wire === 'anthropic'
    ? anthropicEvent({ type: 'error', error: { type: 'overloaded_error', message } })
    : sseEvent(
        `data: ${JSON.stringify({ error: { message, type: 'server_error', code: 500 } })}\n\n`,
      )
}

function responsesEvent(data: JsonObject): StreamEvent {
  return sseEvent(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
}

function anthropicEvent(data: JsonObject): StreamEvent {
  return sseEvent(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
}

function sseEvent(text: string): StreamEvent {
  return event(text)
}

function event(bytes: string | Uint8Array): StreamEvent {
  return { bytes, isContent: false }
}
