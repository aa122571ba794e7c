import type { IncomingHttpHeaders } from 'node:http'
import { Agent, type AgentError, calculator, LiteLLMModel } from 'litellm-agents-mcp'
import OpenAI from 'openai'
import type {
  ResponseCreateParamsStreaming,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { goldenCases } from '../golden/case.js'
import { startFakeProvider } from '../helpers/fake-provider/index.js'
import { type RequestListener, serve, sse } from './parity-server.js'

const key = 'sk-test-0123456789'

/** What the vendor's client makes of a stream: its text and calls, or the class of its error. */
async function byVendor(url: string, maxRetries = 0) {
  const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries, logLevel: 'off' })
  const outcome = { text: '', calls: [] as string[], error: undefined as Error | undefined }
  try {
    const stream = await client.responses.create({ model: 'm', input: 'Hi', stream: true })
    for await (const event of stream as AsyncIterable<ResponseStreamEvent>) {
      if (event.type === 'response.output_text.delta') outcome.text += event.delta
      if (event.type === 'response.output_item.done' && event.item.type === 'function_call')
        outcome.calls.push(event.item.arguments)
    }
  } catch (error) {
    outcome.error = error as Error
  }
  return outcome
}

async function byUs(url: string, num_retries = 0) {
  const clientArgs = { api_key: key, api_base: `${url}/v1`, num_retries }
  const model = new LiteLLMModel({ modelId: 'openai/responses/m', clientArgs }, { env: {} })
  const agent = new Agent({ model })
  const outcome = { text: '', calls: [] as string[], error: undefined as AgentError | undefined }
  let text = ''
  try {
    // The first answer alone: what follows a call is another request.
    for await (const event of agent.stream('Hi', { limits: { maxCycles: 1 } }))
      if (event.type === 'textDelta') text += event.text
  } catch (error) {
    outcome.error = error as AgentError
  }
  outcome.text = text
  outcome.calls = agent.messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolUse' in block ? [JSON.stringify(block.toolUse.input)] : [])),
  )
  return outcome
}

const plain = (text: string) => JSON.stringify(JSON.parse(text))

describe("the Responses wire and OpenAI's client", () => {
  const streams = goldenCases('golden-wires', 'responses-').flatMap(({ name, exchanges }) =>
    exchanges
      .slice(0, 1)
      .flatMap(({ request, response }) =>
        response.sseEvents && request.url?.includes('/responses') ? [{ name, response }] : [],
      ),
  )

  test.each(streams)(
    'read the same text and calls from the stream of $name',
    async ({ name, response }) => {
      const events = (response.sseEvents ?? []).map((event) =>
        'comment' in event ? '' : `event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`,
      )
      await using server = await serve(sse(...events))
      const [theirs, ours] = [await byVendor(server.url), await byUs(server.url)]
      expect(ours.text).toBe(theirs.text)
      // The client leaves it to its caller to see that a response failed or never ended.
      if (/error-event|failed|cut/.test(name)) expect(ours.error).toBeDefined()
      else expect(ours.calls).toEqual(theirs.calls.map(plain))
    },
  )

  test.each([
    [400, 'BadRequestError', 'invalidRequest', 1],
    [401, 'AuthenticationError', 'authentication', 1],
    [403, 'PermissionDeniedError', 'permission', 1],
    [404, 'NotFoundError', 'modelNotFound', 1],
    [408, 'APIError', 'timeout', 2],
    [409, 'ConflictError', 'providerError', 2],
    [422, 'UnprocessableEntityError', 'invalidRequest', 1],
    [429, 'RateLimitError', 'rateLimit', 2],
    [500, 'InternalServerError', 'providerError', 2],
    [503, 'InternalServerError', 'providerError', 2],
  ])(
    'take status %i as %s and %s, and retry it alike',
    async (status, theirClass, code, requests) => {
      const failing: RequestListener = (_, response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' })
        response.end(JSON.stringify({ error: { message: 'No.', type: 't', code: null } }))
      }
      await using forThem = await serve(failing)
      await using forUs = await serve(failing)
      const [theirs, ours] = [await byVendor(forThem.url, 1), await byUs(forUs.url, 1)]
      expect(theirs.error?.constructor.name).toBe(theirClass)
      expect(ours.error).toMatchObject({ code, status })
      expect([forThem.count(), forUs.count()]).toEqual([requests, requests])
    },
  )

  test('send the same headers of address, key and media type', async () => {
    const seen: IncomingHttpHeaders[] = []
    await using server = await serve((request, response) => {
      seen.push(request.headers)
      response.writeHead(500).end()
    })
    await byVendor(server.url)
    await byUs(server.url)
    const [theirs, ours] = seen
    for (const name of ['authorization', 'content-type', 'accept'])
      expect(ours?.[name]).toBe(theirs?.[name])
  })

  test('the bodies of a run with tools fit the types of the client', async () => {
    const fake = await startFakeProvider()
    try {
      fake.script(
        {
          reasoning: { text: 'Hm.' },
          toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }],
        },
        { text: 'Two.' },
      )
      const clientArgs = { api_key: key, api_base: `${fake.url}/v1` }
      const model = new LiteLLMModel(
        { modelId: 'openai/responses/gpt-5.6', clientArgs },
        { env: {} },
      )
      await new Agent({ model, tools: [calculator] }).invoke('Go')
      const client = new OpenAI({ apiKey: key, baseURL: `${fake.url}/v1`, logLevel: 'off' })
      const sent = fake.modelRequests.at(-1)?.body as ResponseCreateParamsStreaming
      fake.script({ text: 'Two.' })
      for await (const _ of await client.responses.create(sent));
      expect(fake.modelRequests.at(-1)?.body).toEqual(sent)
      expect(sent.input).toMatchObject([
        { type: 'message' },
        { type: 'reasoning', encrypted_content: expect.any(String) },
        { type: 'function_call' },
        { type: 'function_call_output' },
      ])
    } finally {
      await fake.close()
    }
  })
})
