import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeProvider, type JsonObject, startFakeProvider } from './fake-provider/index.js'
import { type LiteLLMProxy, startLiteLLMProxy } from './litellm-proxy.js'

let provider: FakeProvider
let proxy: LiteLLMProxy

beforeAll(async () => {
  provider = await startFakeProvider()
  proxy = await startLiteLLMProxy({ provider })
}, 70_000)

afterAll(async () => {
  await proxy?.stop()
  await provider?.close()
})

beforeEach(() => provider.reset())

test('a cache point in the system prompt is written once and read afterwards', async () => {
  const system = [
    { type: 'text', text: 'Be brief. '.repeat(600), cache_control: { type: 'ephemeral' } },
  ]
  const ask = (text: string) =>
    chat('claude', {
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: text },
      ],
    })

  const first = await ask('What is Python?')
  const second = await ask('What is JavaScript?')

  const sent = provider.modelRequests.map((request) => [request.path, request.body.system])
  expect(sent).toEqual([
    ['/v1/messages', system],
    ['/v1/messages', system],
  ])
  expect(first.choices[0].message.content).toBe('You said: What is Python?')
  expect(first.usage).toMatchObject({
    prompt_tokens: 1504,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 1500 },
  })
  expect(second.usage).toMatchObject({
    prompt_tokens: 1505,
    prompt_tokens_details: { cached_tokens: 1500, cache_write_tokens: 0 },
  })
})

test.each(['gpt', 'amazon.nova-lite-v1:0', 'gemini-via-openai'])(
  'the model %s is served on the OpenAI wire',
  async (model) => {
    const answer = await chat(model, { messages: [{ role: 'user', content: 'Hello' }] })
    expect(answer.choices[0].message.content).toBe('You said: Hello')
    expect(provider.modelRequests.map((request) => request.wire)).toEqual(['openai'])
  },
)

test('a tool loop through the Anthropic wire', async () => {
  const tools = [{ type: 'function', function: { name: 'calculator', parameters: {} } }]
  const messages: JsonObject[] = [{ role: 'user', content: 'What is 2+2' }]
  const asked = await chat('claude', { messages, tools })
  const [call] = asked.choices[0].message.tool_calls
  expect(JSON.parse(call.function.arguments)).toEqual({ expression: '2 + 2' })

  messages.push(asked.choices[0].message)
  messages.push({ role: 'tool', tool_call_id: call.id, content: 'Result: 4' })
  const answer = await chat('claude', { messages, tools })
  expect(answer.choices[0].message.content).toBe('2+2 is 4.')
})

async function chat(model: string, body: JsonObject): Promise<JsonObject> {
  const reply = await fetch(`${proxy.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${proxy.key}` },
    body: JSON.stringify({ model, ...body }),
  })
  expect(reply.status).toBe(200)
  return (await reply.json()) as JsonObject
}
