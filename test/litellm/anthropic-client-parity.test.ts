import type { IncomingHttpHeaders } from 'node:http'
import Anthropic from '@anthropic-ai/sdk'
import { Agent, type AgentError, LiteLLMModel } from 'litellm-agents-mcp'
import { describe, expect, test } from 'vitest'
import { type RequestListener, serve, sse } from './parity-server.js'

const key = 'sk-ant-test-0123456789'
const claude = 'claude-sonnet-4-6'

interface Outcome<E> {
  text: string
  error: E | undefined
}

/** The text that the vendor's client reads from a server, or the class of its error. */
async function byVendor(baseURL: string, maxRetries: number) {
  const client = new Anthropic({ apiKey: key, baseURL, maxRetries, logLevel: 'off' })
  const outcome: Outcome<InstanceType<typeof Anthropic.APIError>> = { text: '', error: undefined }
  try {
    const stream = await client.messages.create({
      model: claude,
      max_tokens: 10,
      messages: [{ role: 'user', content: 'Hi' }],
      stream: true,
    })
    for await (const event of stream)
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
        outcome.text += event.delta.text
  } catch (error) {
    outcome.error = error as InstanceType<typeof Anthropic.APIError>
  }
  return outcome
}

async function byUs(api_base: string, num_retries: number, clientArgs = {}) {
  const model = new LiteLLMModel(
    {
      modelId: `anthropic/${claude}`,
      clientArgs: { api_key: key, api_base, num_retries, ...clientArgs },
    },
    { env: {} },
  )
  const outcome: Outcome<AgentError> = { text: '', error: undefined }
  try {
    outcome.text = (await new Agent({ model }).invoke('Hi')).text
  } catch (error) {
    outcome.error = error as AgentError
    outcome.text = outcome.error.text ?? ''
  }
  return outcome
}

const usage = { input_tokens: 3, output_tokens: 1 }
const start = {
  type: 'message_start',
  message: { id: 'm', type: 'message', role: 'assistant', model: claude, content: [], usage },
}
const delta = (text: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
})
const events = [
  start,
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  delta('Zü'),
  delta('rich'),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
]
const asStream = (list: readonly { type: string }[], end = '\n') =>
  list
    .map((event) => `event: ${event.type}${end}data: ${JSON.stringify(event)}${end}${end}`)
    .join('')

const failing =
  (status: number, headers = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ type: 'error', error: { type: 't', message: 'No.' } }))
  }

describe("the Messages wire behaves as Anthropic's client does", () => {
  test('sends the version, the key and the media types that the client sends', async () => {
    const seen: IncomingHttpHeaders[] = []
    await using server = await serve((request, response) => {
      seen.push(request.headers)
      sse(asStream(events))(request, response)
    })
    await byVendor(server.url, 0)
    await byUs(server.url, 0)
    const sameNames = ['accept', 'content-type', 'anthropic-version', 'x-api-key', 'authorization']
    const [theirs, ours] = seen.map((headers) => sameNames.map((name) => headers[name]))
    expect(ours).toEqual(theirs)
    expect(ours).toContain('2023-06-01')
  })

  test('sends another anthropic-version if extra_headers names one', async () => {
    const seen: unknown[] = []
    await using server = await serve((request, response) => {
      seen.push(request.headers['anthropic-version'], request.headers['anthropic-beta'])
      sse(asStream(events))(request, response)
    })
    const extra_headers = { 'Anthropic-Version': '2026-10-21', 'anthropic-beta': 'b-1' }
    expect((await byUs(server.url, 0, { extra_headers })).text).toBe('Zürich')
    expect(seen).toEqual(['2026-10-21', 'b-1'])
  })

  test.each([
    ['LF', asStream(events)],
    ['CRLF', asStream(events, '\r\n')],
    ['comments', `: ping\n\n${asStream(events)}: ping\n\n`],
    ['ids and retry times', `id: 1\nretry: 5\n${asStream(events)}`],
    ['unknown events', `event: new\ndata: {"type":"new"}\n\n${asStream(events)}`],
  ])('reads a stream with %s', async (_, stream) => {
    await using server = await serve(sse(stream))
    const [theirs, ours] = [await byVendor(server.url, 0), await byUs(server.url, 0)]
    expect(theirs).toEqual({ text: 'Zürich', error: undefined })
    expect(ours).toEqual(theirs)
  })

  test('reads the same text from a stream cut anywhere, and is content once all was said', async () => {
    const bytes = Buffer.from(asStream(events))
    const said = bytes.indexOf('event: message_stop')
    for (let cut = 0; cut < bytes.length; cut += 7) {
      await using server = await serve((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(bytes.subarray(0, cut), () => setTimeout(() => response.destroy(), 5))
      })
      const [theirs, ours] = await Promise.all([byVendor(server.url, 0), byUs(server.url, 0)])
      expect(ours.text, `cut at ${cut}`).toBe(theirs.text)
      if (cut >= said) expect(ours.error, `cut at ${cut}`).toBeUndefined()
      else expect(ours.error, `cut at ${cut}`).toMatchObject({ code: 'connection' })
    }
  })

  test.each([
    [400, 'BadRequestError', 'invalidRequest'],
    [401, 'AuthenticationError', 'authentication'],
    [403, 'PermissionDeniedError', 'permission'],
    [404, 'NotFoundError', 'modelNotFound'],
    [409, 'ConflictError', 'providerError'],
    [422, 'UnprocessableEntityError', 'invalidRequest'],
    [429, 'RateLimitError', 'rateLimit'],
    [500, 'InternalServerError', 'providerError'],
    [529, 'InternalServerError', 'providerError'],
  ])('%i is %s in the client and %s here', async (status, theirClass, ourCode) => {
    await using server = await serve(failing(status))
    const [theirs, ours] = [await byVendor(server.url, 0), await byUs(server.url, 0)]
    expect(theirs.error?.constructor.name).toBe(theirClass)
    expect(ours.error).toMatchObject({
      code: ourCode,
      status: theirs.error?.status,
      message: expect.stringContaining('No.'),
    })
  })

  test.each([
    [400, {}, 1],
    [401, {}, 1],
    [404, {}, 1],
    [408, {}, 2],
    [409, {}, 2],
    [429, {}, 2],
    [500, {}, 2],
    [529, {}, 2],
    [429, { 'x-should-retry': 'false' }, 1],
    [503, { 'x-should-retry': 'false' }, 1],
  ])('%i %o leads to %i requests with one retry', async (status, headers, requests) => {
    const retryable = { 'retry-after-ms': '1', ...headers }
    await using forThem = await serve(failing(status, retryable))
    await using forUs = await serve(failing(status, retryable))
    await Promise.all([byVendor(forThem.url, 1), byUs(forUs.url, 1)])
    expect(forThem.count()).toBe(requests)
    expect(forUs.count()).toBe(requests)
  })

  test('a reset before the head is a connection error and retried', async () => {
    const reset: RequestListener = (request) => request.socket.resetAndDestroy()
    await using forThem = await serve(reset)
    await using forUs = await serve(reset)
    const [theirs, ours] = await Promise.all([byVendor(forThem.url, 1), byUs(forUs.url, 1)])
    expect(theirs.error?.constructor.name).toBe('APIConnectionError')
    expect(ours.error).toMatchObject({ code: 'connection', retryable: true })
    expect([forThem.count(), forUs.count()]).toEqual([2, 2])
  })

  test('an error event ends a stream, after the text before it', async () => {
    const broken = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const before = events.slice(0, 4)
    await using server = await serve(sse(asStream([...before, broken])))
    const [theirs, ours] = [await byVendor(server.url, 0), await byUs(server.url, 0)]
    expect(theirs.text).toBe('Zü')
    expect(theirs.error?.constructor.name).toBe('APIError')
    expect(ours).toMatchObject({
      text: 'Zü',
      error: { code: 'providerError', message: expect.stringContaining('Overloaded') },
    })
  })

  test('a server that does not answer within the timeout is a timeout', async () => {
    await using server = await serve(() => {})
    const client = new Anthropic({ apiKey: key, baseURL: server.url, maxRetries: 0, timeout: 100 })
    const asked = client.messages.create({ model: claude, max_tokens: 1, messages: [] })
    await expect(asked).rejects.toBeInstanceOf(Anthropic.APIConnectionTimeoutError)
    const ours = await byUs(server.url, 0, { timeout: 0.1 })
    expect(ours.error).toMatchObject({ code: 'timeout' })
  })

  test('a redirect does not carry the key to another server', async () => {
    await using elsewhere = await serve(sse())
    await using server = await serve((_, response) => {
      response.writeHead(307, { location: elsewhere.url }).end()
    })
    const { error } = await byUs(server.url, 0)
    expect(error).toMatchObject({ code: 'providerError' })
    expect(error?.message).toContain(elsewhere.url)
    expect(elsewhere.count()).toBe(0)
  })
})
