import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Agent, type Message } from '../../../src/index.js'
import {
  type FakeProvider,
  type JsonObject,
  type Step,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { type Chunk, chatStream, modelAt, notingTools, run } from './calling.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const call = {
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name: 'now', arguments: '{}' },
}
const callChunks: Chunk[] = [
  { delta: { tool_calls: [call] } },
  { finish: 'tool_calls', extra: { usage } },
]
/** Reasoning as text, then a call. */
const thinking = (field = 'reasoning_content'): Step =>
  chatStream({ delta: { role: 'assistant', [field]: 'I need the time.' } }, ...callChunks)

const assistants = (at: number): JsonObject[] =>
  fake.modelRequests[at]?.body.messages.filter(({ role }: JsonObject) => role === 'assistant')

describe('wires: reasoning goes back to the model that returned it', () => {
  test.each([
    'deepseek/deepseek-v4-pro',
    'moonshot/kimi-k2.5',
    'xiaomi_mimo/mimo-v2-pro',
    'litellm_proxy/deepseek-v4',
    'openai_like/deepseek-v4-pro',
    'openai/deepseek-v4-pro',
    'openrouter/deepseek/deepseek-v4-pro',
    'zai/glm-4.7',
    'dashscope/qwen3.7-max',
    'fireworks_ai/kimi-k2-thinking',
    'volcengine/doubao',
    'hosted_vllm/deepseek',
    'nebius/deepseek-ai/DeepSeek-V4',
  ])('%s', async (modelId) => {
    fake.manners = 'deepseek'
    fake.script(thinking(), thinking('reasoning'), { text: 'ok' })
    const { now } = notingTools()
    const { result } = await run(modelAt(fake, modelId), [now])
    expect(result.text).toBe('ok')
    expect(fake.modelRequests).toHaveLength(3)
    for (const message of assistants(2)) expect(message.reasoning_content).toBe('I need the time.')
  })

  test.each(['groq/qwen3-32b', 'cerebras/qwen-3', 'mistral/mistral-large-latest'])(
    'but not to %s, which refuses the field',
    async (modelId) => {
      fake.manners = 'groq'
      fake.script(thinking('reasoning'), { text: 'ok' })
      const { now } = notingTools()
      const { result } = await run(modelAt(fake, modelId), [now])
      expect(result.text).toBe('ok')
      expect(fake.modelRequests).toHaveLength(2)
    },
  )

  test('and not to another model of the same host', async () => {
    fake.script(thinking(), { text: 'ok' })
    const { now } = notingTools()
    const { agent } = await run(modelAt(fake, 'openai_like/deepseek-v4'), [now])
    fake.script({ text: 'ok' })
    const other = modelAt(fake, 'openai_like/llama-4')
    await new Agent({ model: other, tools: [now], messages: agent.messages }).invoke('And?')
    for (const message of assistants(2)) expect(message).not.toHaveProperty('reasoning_content')
  })
})

/** A conversation that another model began. */
const history: Message[] = [
  { role: 'user', content: [{ text: 'The time?' }] },
  { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'now', input: {} } }] },
  {
    role: 'user',
    content: [{ toolResult: { toolUseId: 'c1', status: 'success', content: [{ text: '12:00' }] } }],
  },
  { role: 'assistant', content: [{ text: 'Noon.' }] },
]

describe('wires: reasoning that a provider requires and the history lacks', () => {
  test.each(['deepseek/deepseek-v4-pro', 'moonshot/kimi-k2.5'])(
    'is the placeholder that %s accepts',
    async (modelId) => {
      fake.manners = 'deepseek'
      fake.script({ text: 'ok' })
      const { now } = notingTools()
      const model = modelAt(fake, modelId)
      await new Agent({ model, tools: [now], messages: history }).invoke('And?')
      expect(fake.modelRequests).toHaveLength(1)
      for (const message of assistants(0)) expect(message.reasoning_content).toBe(' ')
    },
  )

  test.each(['litellm_proxy/alias-of-deepseek', 'openai/deepseek-at-my-host'])(
    'is learned from the refusal at %s, and then sent at once',
    async (modelId) => {
      fake.manners = 'deepseek'
      fake.script({ text: 'ok' }, { text: 'again' })
      const { now } = notingTools()
      const agent = new Agent({ model: modelAt(fake, modelId), tools: [now], messages: history })
      const { metrics } = await agent.invoke('And?')
      expect(metrics.notices.join()).toContain('reasoning')
      expect(fake.modelRequests).toHaveLength(2)
      expect((await agent.invoke('Again?')).text).toBe('again')
      expect(fake.modelRequests).toHaveLength(3)
    },
  )

  test('is not sent if thinking is off', async () => {
    fake.script({ text: 'ok' })
    const { now } = notingTools()
    const model = modelAt(fake, 'deepseek/deepseek-v4-pro', {
      params: { thinking: { type: 'disabled' } },
    })
    await new Agent({ model, tools: [now], messages: history }).invoke('And?')
    for (const message of assistants(0)) expect(message).not.toHaveProperty('reasoning_content')
  })
})

const encrypted = {
  type: 'reasoning.encrypted',
  data: 'ENCRYPTED',
  id: 'call_1',
  format: 'google-gemini-v1',
  index: 1,
}
const text = (piece: string, more: JsonObject = {}) => ({
  type: 'reasoning.text',
  text: piece,
  format: 'google-gemini-v1',
  index: 0,
  ...more,
})

describe("wires: OpenRouter's reasoning_details", () => {
  const detailed = chatStream(
    { delta: { role: 'assistant', reasoning: 'I ', reasoning_details: [text('I ')] } },
    { delta: { reasoning: 'think.', reasoning_details: [text('think.', { signature: 'SIG' })] } },
    { delta: { reasoning_details: [encrypted], tool_calls: [call] } },
    { finish: 'tool_calls', extra: { usage } },
  )
  const sent = [text('I think.', { signature: 'SIG' }), encrypted]

  test.each([
    'openrouter/google/gemini-3-flash-preview',
    'openrouter/anthropic/claude-sonnet-4.6',
    'litellm_proxy/gemini-on-openrouter',
    'openai_like/gemini-3',
  ])('openrouter-reasoning-details: they go back whole to %s', async (modelId) => {
    fake.manners = 'openrouterGemini'
    fake.script(detailed, { text: 'ok' })
    const { now } = notingTools()
    const { agent, result } = await run(modelAt(fake, modelId), [now])
    expect(result.text).toBe('ok')
    expect(assistants(1)[0]?.reasoning_details).toEqual(sent)
    const [block] = agent.messages[1]?.content ?? []
    expect(block).toMatchObject({ reasoningContent: { reasoningText: { text: 'I think.' } } })
  })

  test('in a JSON reply of a LiteLLM Proxy they are among the fields of the provider', async () => {
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [call],
      provider_specific_fields: { reasoning_details: sent },
    }
    fake.script(
      {
        raw: {
          status: 200,
          body: { choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage },
        },
      },
      { text: 'ok' },
    )
    const { now } = notingTools()
    await run(modelAt(fake, 'litellm_proxy/gemini', { stream: false }), [now])
    expect(assistants(1)[0]?.reasoning_details).toEqual(sent)
  })

  test('they stay away from other models', async () => {
    fake.script(detailed, { text: 'ok' }, { text: 'ok' })
    const { now } = notingTools()
    const { agent } = await run(modelAt(fake, 'openrouter/google/gemini-3-flash'), [now])
    for (const modelId of ['openrouter/openai/gpt-5', 'openai/gpt-4.1', 'mistral/m']) {
      fake.script({ text: 'ok' })
      const model = modelAt(fake, modelId)
      await new Agent({ model, tools: [now], messages: agent.messages }).invoke('And?')
      expect(JSON.stringify(fake.modelRequests.at(-1)?.body)).not.toContain('ENCRYPTED')
    }
  })
})

describe('wires: mistral-thinking-parts', () => {
  const parts = (type: string) => [
    { type, [type]: type === 'text' ? 'Done.' : [{ type: 'text', text: 'Hmm.' }] },
  ]

  test('are reasoning, and go back as parts', async () => {
    fake.manners = 'mistral'
    const ninth = { ...call, id: 'abcdefghi' }
    fake.script(
      chatStream(
        { delta: { content: parts('thinking') } },
        { delta: { content: parts('text') } },
        { delta: { tool_calls: [ninth] } },
        { finish: 'tool_calls', extra: { usage } },
      ),
      { text: 'ok' },
    )
    const { now } = notingTools()
    const { agent } = await run(modelAt(fake, 'mistral/magistral-medium-latest'), [now])
    expect(agent.messages[1]?.content.slice(0, 2)).toEqual([
      { reasoningContent: { reasoningText: { text: 'Hmm.' }, origin: expect.any(String) } },
      { text: 'Done.' },
    ])
    expect(assistants(1)[0]?.content).toEqual([...parts('thinking'), ...parts('text')])
  })
})

const signed: Message[] = [
  { role: 'user', content: [{ text: 'The time?' }] },
  {
    role: 'assistant',
    content: [
      {
        reasoningContent: {
          reasoningText: { text: 'Hm.', signature: 'SIG' },
          origin: 'gemini/gemini-3-pro g.example',
        },
      },
      { text: 'Noon.' },
    ],
  },
]

describe('wires: signatures of one model are not sent to another', () => {
  test.each([
    'anthropic/claude-sonnet-4-6',
    'bedrock/us.anthropic.claude-sonnet-4-5',
    'litellm_proxy/claude',
  ])('such as %s', async (modelId) => {
    fake.script({ text: 'ok' })
    await new Agent({ model: modelAt(fake, modelId), messages: signed }).invoke('And?')
    expect(JSON.stringify(fake.modelRequests[0]?.body)).not.toContain('SIG')
  })

  test('a refused signature is left out, and only from this conversation', async () => {
    const refusal = {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'messages.1.content.0: Invalid `signature` in `thinking` block',
      },
    }
    const given = structuredClone(signed)
    for (const block of given[1]?.content ?? [])
      if ('reasoningContent' in block) delete block.reasoningContent.origin
    fake.script({ raw: { status: 400, body: refusal } }, { text: 'ok' }, { text: 'ok' })
    const model = modelAt(fake, 'anthropic/claude-sonnet-4-6')
    expect((await new Agent({ model, messages: given }).invoke('And?')).text).toBe('ok')
    await new Agent({ model, messages: given }).invoke('And?')
    const sent = fake.modelRequests.map(({ body }) => JSON.stringify(body).includes('SIG'))
    expect(sent).toEqual([true, false, true])
  })

  test('unsigned thinking of another maker goes back on the Messages wire', async () => {
    fake.script(
      { reasoning: { text: 'Hm.' }, toolCalls: [{ name: 'now', arguments: {} }] },
      { text: 'ok' },
    )
    const { now } = notingTools()
    await run(modelAt(fake, 'anthropic/deepseek-v4-pro'), [now])
    expect(assistants(1)[0]?.content[0]).toMatchObject({ type: 'thinking', thinking: 'Hm.' })
  })
})
