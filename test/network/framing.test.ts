import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { Agent, type AgentError, LiteLLMModel } from 'litellm-agents-mcp'
import { describe, expect, test } from 'vitest'
import { type RequestListener, serve } from '../litellm/parity-server.js'

/* The forms in which relays and gateways deliver an answer, on each wire over our HTTP client. */

// An interface would not fit objects with other members.
type Event = { type?: string; [member: string]: unknown }

interface Wire {
  modelId: string
  base: (url: string) => string
  /** The events of a stream that says `ok`. */
  events: Event[]
  json: object
}

const usage = { input_tokens: 3, output_tokens: 1, total_tokens: 4 }
const message = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage,
}
const output = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'ok', annotations: [] }],
}
const response = {
  id: 'resp_1',
  object: 'response',
  model: 'm',
  status: 'completed',
  output: [output],
  usage,
}
const chunk = (delta: object, finish_reason: string | null = null) => ({
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
})

const wires: Record<string, Wire> = {
  'OpenAI chat': {
    modelId: 'openai/gpt-4o',
    base: (url) => `${url}/v1`,
    events: [chunk({ content: 'o' }), chunk({ content: 'k' }), chunk({}, 'stop')],
    json: {
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    },
  },
  Messages: {
    modelId: 'anthropic/claude-sonnet-4-6',
    base: (url) => url,
    events: [
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ok' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
      { type: 'message_stop' },
    ],
    json: message,
  },
  Responses: {
    modelId: 'openai/responses/gpt-4o-mini',
    base: (url) => `${url}/v1`,
    events: [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...output, content: [] } },
      {
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: 'ok',
      },
      { type: 'response.output_item.done', output_index: 0, item: output },
      { type: 'response.completed', response },
    ],
    json: response,
  },
}

const stream = ({ events }: Wire, { names = true, between = '' } = {}) =>
  events
    .map((event) => {
      const name = names && event.type ? `event: ${event.type}\n` : ''
      return `${between}${name}data: ${JSON.stringify(event)}\n\n`
    })
    .join('')

async function ask(
  { modelId, base }: Wire,
  listener: RequestListener,
  config: { stream?: boolean; clientArgs?: object } = {},
) {
  await using server = await serve(listener)
  const model = new LiteLLMModel(
    {
      modelId,
      clientArgs: {
        api_key: 'sk-test-0123456789',
        api_base: base(server.url),
        num_retries: 0,
        ...config.clientArgs,
      },
      ...(config.stream !== undefined && { stream: config.stream }),
    },
    { env: {} },
  )
  return (await new Agent({ model }).invoke('Hi')).text
}

const answer =
  (body: string | Buffer, headers: Record<string, string>): RequestListener =>
  (_, response) =>
    void response.writeHead(200, headers).end(body)

const sse = { 'content-type': 'text/event-stream' }
const json = { 'content-type': 'application/json' }

/** Sent in pieces of one byte, so that every form is also cut anywhere. */
const byBytes =
  (body: string, headers: Record<string, string>): RequestListener =>
  async (_, response) => {
    response.writeHead(200, headers)
    for (const byte of Buffer.from(body))
      await new Promise((resolve) => response.write(Buffer.of(byte), resolve))
    response.end()
  }

describe.each(Object.entries(wires))('the %s wire reads', (_, wire) => {
  test.each<[string, RequestListener]>([
    [
      'empty data events between the others',
      answer(stream(wire, { between: 'data:\n\ndata: \n\n' }), sse),
    ],
    [
      'comments and named events without data',
      answer(stream(wire, { between: ': PROCESSING\n\nevent: ping\n\n' }), sse),
    ],
    ['events without names', answer(stream(wire, { names: false }), sse)],
    ['a byte order mark', answer(`\ufeff${stream(wire)}`, sse)],
    ['blank lines first', answer(`\n\n${stream(wire)}`, sse)],
    ['a stream labelled as JSON', answer(stream(wire), json)],
    ['a stream without a label', answer(stream(wire), {})],
    ['a stream labelled as JSON, in bytes', byBytes(stream(wire), json)],
    ['JSON', answer(JSON.stringify(wire.json), json)],
    ['JSON labelled as a stream', answer(JSON.stringify(wire.json), sse)],
    [
      'JSON labelled as bytes',
      answer(JSON.stringify(wire.json), { 'content-type': 'application/octet-stream' }),
    ],
    [
      'JSON with a byte order mark, in bytes',
      byBytes(`\ufeff \n${JSON.stringify(wire.json)}`, sse),
    ],
  ])('%s', async (_, listener) => {
    expect(await ask(wire, listener)).toBe('ok')
  })

  test('a stream although one JSON reply was requested', async () => {
    expect(await ask(wire, answer(stream(wire), json), { stream: false })).toBe('ok')
  })

  const codings: [string, (text: string) => Buffer][] = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['gzip, br', (text) => brotliCompressSync(gzipSync(text))],
  ]
  test.each(codings)('%s, which was not requested', async (coding, compress) => {
    const labelled = { 'content-encoding': coding }
    const whole = answer(compress(JSON.stringify(wire.json)), { ...json, ...labelled })
    expect(await ask(wire, whole, { stream: false })).toBe('ok')
    expect(await ask(wire, answer(compress(stream(wire)), { ...sse, ...labelled }))).toBe('ok')
  })

  test('a compressed reply that is cut off, or not what it says, as a broken connection', async () => {
    const bytes = gzipSync(JSON.stringify(wire.json))
    for (const body of [bytes.subarray(0, -20), Buffer.from('no gzip')]) {
      const asked = ask(wire, answer(body, { ...json, 'content-encoding': 'gzip' }))
      await expect(asked).rejects.toMatchObject({ code: 'connection' })
    }
  })

  test('nothing for longer than stream_timeout as a timeout', async () => {
    const silent: RequestListener = () => {}
    const halfway: RequestListener = (_, response) => {
      response.writeHead(200, sse)
      response.write(stream(wire).slice(0, 40))
    }
    for (const listener of [silent, halfway]) {
      const asked = ask(wire, listener, { clientArgs: { stream_timeout: 0.2 } })
      const error: AgentError = await asked.then(
        () => expect.unreachable(),
        (thrown) => thrown,
      )
      expect(error).toMatchObject({ code: 'timeout', retryable: true })
      expect(error.hint).toContain('stream_timeout')
    }
  })
})
