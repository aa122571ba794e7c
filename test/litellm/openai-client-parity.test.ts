import { Agent, type AgentError, LiteLLMModel } from 'litellm-agents-mcp'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { type RequestListener, serve, sse } from './parity-server.js'

const key = 'sk-test-0123456789'
const body = {
  model: 'm',
  messages: [{ role: 'user' as const, content: 'Hi' }],
  stream: true as const,
}

/** What the vendor's client makes of a server: its text, or the class of its error. */
async function byVendor(url: string, maxRetries: number) {
  const client = new OpenAI({ apiKey: key, baseURL: url, maxRetries, logLevel: 'off' })
  let text = ''
  try {
    for await (const chunk of await client.chat.completions.create(body))
      text += chunk.choices[0]?.delta.content ?? ''
    return { text, error: undefined }
  } catch (error) {
    return { text, error: error as InstanceType<typeof OpenAI.APIError> }
  }
}

async function byUs(url: string, num_retries: number) {
  const model = new LiteLLMModel(
    { modelId: 'openai/m', clientArgs: { api_key: key, api_base: url, num_retries } },
    { env: {} },
  )
  try {
    return { text: (await new Agent({ model }).invoke('Hi')).text, error: undefined }
  } catch (error) {
    return { text: (error as AgentError).text ?? '', error: error as AgentError }
  }
}

const chunk = (content: string, finish: string | null = null) =>
  JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })
const failing =
  (status: number, headers = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error: { message: 'No.', type: 't', code: null } }))
  }

describe("the wire's own transport behaves as the openai client does", () => {
  test.each([
    ['LF', `data: ${chunk('Zü')}\n\ndata: ${chunk('rich', 'stop')}\n\ndata: [DONE]\n\n`],
    [
      'CRLF',
      `data: ${chunk('Zü')}\r\n\r\ndata: ${chunk('rich', 'stop')}\r\n\r\ndata: [DONE]\r\n\r\n`,
    ],
    ['no space', `data:${chunk('Zü')}\n\ndata:${chunk('rich', 'stop')}\n\ndata:[DONE]\n\n`],
    ['comments', `: ping\n\ndata: ${chunk('Zü')}\n\n: ping\n\ndata: ${chunk('rich', 'stop')}\n\n`],
    ['event names', `event: x\nid: 1\nretry: 5\ndata: ${chunk('Zürich', 'stop')}\n\n`],
    ['no end', `data: ${chunk('Zü')}\n\ndata: ${chunk('rich', 'stop')}\n\n`],
  ])('reads a stream with %s', async (_, events) => {
    await using server = await serve(sse(events))
    const [theirs, ours] = [
      await byVendor(`${server.url}/v1`, 0),
      await byUs(`${server.url}/v1`, 0),
    ]
    expect(theirs).toEqual({ text: 'Zürich', error: undefined })
    expect(ours).toEqual(theirs)
  })

  test.each([
    [400, 'BadRequestError', 'invalidRequest'],
    [401, 'AuthenticationError', 'authentication'],
    [403, 'PermissionDeniedError', 'permission'],
    [404, 'NotFoundError', 'modelNotFound'],
    [422, 'UnprocessableEntityError', 'invalidRequest'],
    [429, 'RateLimitError', 'rateLimit'],
    [500, 'InternalServerError', 'providerError'],
    [503, 'InternalServerError', 'providerError'],
  ])('%i is %s there and %s here', async (status, theirClass, ourCode) => {
    await using server = await serve(failing(status))
    const [theirs, ours] = [
      await byVendor(`${server.url}/v1`, 0),
      await byUs(`${server.url}/v1`, 0),
    ]
    expect(theirs.error?.constructor.name).toBe(theirClass)
    expect(ours.error).toMatchObject({ code: ourCode, status: theirs.error?.status })
  })

  test.each([
    [400, 1],
    [401, 1],
    [404, 1],
    [408, 2],
    [409, 2],
    [429, 2],
    [500, 2],
    [502, 2],
  ])('%i makes %i requests with one retry', async (status, requests) => {
    const retryable = { 'retry-after-ms': '1' }
    await using forThem = await serve(failing(status, retryable))
    await using forUs = await serve(failing(status, retryable))
    await Promise.all([byVendor(`${forThem.url}/v1`, 1), byUs(`${forUs.url}/v1`, 1)])
    expect(forThem.count()).toBe(requests)
    expect(forUs.count()).toBe(requests)
  })

  test.each([
    ['seconds', { 'retry-after': '1' }, 950],
    ['milliseconds', { 'retry-after-ms': '300' }, 290],
  ])('waits as long as Retry-After says, in %s', async (_, headers, atLeast) => {
    const waited = async (run: (url: string, retries: number) => Promise<unknown>) => {
      await using server = await serve(failing(429, headers))
      const startedAt = performance.now()
      await run(`${server.url}/v1`, 1)
      return performance.now() - startedAt
    }
    for (const time of await Promise.all([waited(byVendor), waited(byUs)]))
      expect(time).toBeGreaterThan(atLeast)
  })

  test('a reset before the head is a connection error, tried again', async () => {
    const reset: RequestListener = (request) => request.socket.resetAndDestroy()
    await using forThem = await serve(reset)
    await using forUs = await serve(reset)
    const [theirs, ours] = await Promise.all([
      byVendor(`${forThem.url}/v1`, 1),
      byUs(`${forUs.url}/v1`, 1),
    ])
    expect(theirs.error?.constructor.name).toBe('APIConnectionError')
    expect(ours.error).toMatchObject({ code: 'connection', retryable: true })
    expect([forThem.count(), forUs.count()]).toEqual([2, 2])
  })

  test('an error in the stream ends it, after what was said', async () => {
    const events = `data: ${chunk('Once')}\n\ndata: {"error":{"message":"Overloaded"}}\n\n`
    await using server = await serve(sse(events))
    const [theirs, ours] = [
      await byVendor(`${server.url}/v1`, 0),
      await byUs(`${server.url}/v1`, 0),
    ]
    expect(theirs.text).toBe('Once')
    expect(theirs.error?.constructor.name).toBe('APIError')
    expect(ours).toMatchObject({ text: 'Once', error: { code: 'providerError' } })
  })

  test('a redirect does not take the key along', async () => {
    await using elsewhere = await serve(sse())
    await using server = await serve((_, response) => {
      response.writeHead(307, { location: elsewhere.url }).end()
    })
    expect((await byUs(`${server.url}/v1`, 0)).error).toMatchObject({ code: 'providerError' })
    expect(elsewhere.count()).toBe(0)
  })
})
