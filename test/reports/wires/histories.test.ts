import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Agent, type Message, tool } from '../../../src/index.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { callStream, modelAt, notingTools } from './calling.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** A conversation with one call for each id, each in a turn of its own. */
const historyOf = (...ids: string[]): Message[] =>
  ids.flatMap((toolUseId): Message[] => [
    { role: 'user', content: [{ text: 'The time?' }] },
    { role: 'assistant', content: [{ toolUse: { toolUseId, name: 'now', input: {} } }] },
    {
      role: 'user',
      content: [{ toolResult: { toolUseId, status: 'success', content: [{ text: '12:00' }] } }],
    },
    { role: 'assistant', content: [{ text: 'Noon.' }] },
  ])

async function continued(modelId: string, messages: Message[], withTools = true) {
  fake.script({ text: 'ok' })
  const tools = withTools ? [notingTools().now] : []
  const agent = new Agent({ model: modelAt(fake, modelId), tools, messages })
  const result = await agent.invoke('And now?')
  expect(result.text).toBe('ok')
  return { body: fake.modelRequests.at(-1)?.body as JsonObject, agent, result }
}

const foreign = [
  'call_PTLP8xhu3uwZk4l3nlnrrJha',
  `call_abc__thought__${'x'.repeat(300)}`,
  'toolu_01A',
  'functions.now:0',
]

function idsOf(body: JsonObject) {
  const calls = body.messages.flatMap((message: JsonObject) =>
    (message.tool_calls ?? []).map(({ id }: JsonObject) => id),
  )
  const results = body.messages.flatMap(({ role, tool_call_id }: JsonObject) =>
    role === 'tool' ? [tool_call_id] : [],
  )
  return { calls, results }
}

describe('wires: ids of tool calls', () => {
  test.each(['mistral/mistral-large-latest', 'codestral/codestral-latest'])(
    'mistral-foreign-ids: have nine characters at %s',
    async (modelId) => {
      fake.manners = 'mistral'
      const { body } = await continued(modelId, historyOf(...foreign))
      const { calls, results } = idsOf(body)
      expect(results).toEqual(calls)
      expect(new Set(calls).size).toBe(foreign.length)
      expect(fake.modelRequests).toHaveLength(1)
    },
  )

  test.each(['openai/gpt-4.1', 'azure/gpt-4.1'])(
    'openai-40-char-id: %s gets short ids',
    async (modelId) => {
      fake.manners = 'openai'
      const { body } = await continued(modelId, historyOf(...foreign))
      expect(idsOf(body).results).toEqual(idsOf(body).calls)
      expect(idsOf(body).calls).toContain(foreign[0])
    },
  )

  test.each([
    ['mistral', 'litellm_proxy/alias-of-mistral'],
    ['mistral', 'hosted_vllm/mistral-small'],
    ['openai', 'litellm_proxy/alias-of-openai'],
  ] as const)('in the form of %s are learned from the refusal at %s', async (manner, modelId) => {
    fake.manners = manner
    const { agent, result } = await continued(modelId, historyOf(...foreign))
    expect(result.metrics.notices.join()).toContain('ids of tool calls')
    fake.script({ text: 'ok' })
    const before = fake.modelRequests.length
    await agent.invoke('Again?')
    expect(fake.modelRequests).toHaveLength(before + 1)
  })

  test("a proxy's ids go back to it as they came", async () => {
    const { body } = await continued('litellm_proxy/gemini', historyOf(...foreign))
    expect(idsOf(body).calls).toEqual(foreign)
  })

  test.each(['openai/gpt-4.1', 'litellm_proxy/x', 'mistral/m'])(
    'that each answer numbers anew are told apart at %s',
    async (modelId) => {
      const { body } = await continued(modelId, historyOf('call_0', 'call_0', ''))
      const { calls, results } = idsOf(body)
      expect(new Set(calls).size).toBe(3)
      expect(results).toEqual(calls)
    },
  )

  test('that each answer numbers anew are told apart on the Messages wire and on Converse', async () => {
    const { body } = await continued('anthropic/claude-sonnet-4-6', historyOf('call_0', 'call_0'))
    const blocks: JsonObject[] = body.messages.flatMap(({ content }: JsonObject) => content)
    const calls = blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : []))
    const results = blocks.flatMap(({ tool_use_id }) => tool_use_id ?? [])
    expect(new Set(calls).size).toBe(2)
    expect(results).toEqual(calls)
    const { body: converse } = await continued(
      'bedrock/us.amazon.nova-pro-v1:0',
      historyOf('call_0', 'call_0'),
    )
    const parts: JsonObject[] = converse.messages.flatMap(({ content }: JsonObject) => content)
    const uses = parts.flatMap(({ toolUse }) => toolUse?.toolUseId ?? [])
    expect(new Set(uses).size).toBe(2)
    expect(parts.flatMap(({ toolResult }) => toolResult?.toolUseId ?? [])).toEqual(uses)
  })
})

describe('wires: a history with calls, and no tools', () => {
  test.each(['anthropic/claude-sonnet-4-6', 'litellm_proxy/claude'])(
    'a-history-no-tools: names the tools as withdrawn at %s on the Messages wire',
    async (modelId) => {
      fake.manners = 'anthropic'
      fake.script({ text: 'ok' })
      const wire = modelId.startsWith('litellm_proxy') ? { wire: 'anthropic' } : {}
      const model = modelAt(fake, modelId, { clientArgs: { api_base: fake.url, ...wire } })
      const result = await new Agent({ model, messages: historyOf('c1') }).invoke('And now?')
      expect(result.text).toBe('ok')
      expect(fake.modelRequests[0]?.body.tools).toMatchObject([{ name: 'now' }])
    },
  )

  test('bedrock-litellm-no-tools: is learned from the refusal of a LiteLLM Proxy', async () => {
    fake.manners = 'litellmBedrock'
    const { agent, body } = await continued('litellm_proxy/bedrock-claude', historyOf('c1'), false)
    expect(body.tools).toMatchObject([{ function: { name: 'now' } }])
    fake.script({ text: 'ok' })
    await agent.invoke('Again?')
    expect(fake.modelRequests).toHaveLength(3)
  })

  test('is sent without tools where nothing refuses it', async () => {
    const { body } = await continued('openai/gpt-4.1', historyOf('c1'), false)
    expect(body).not.toHaveProperty('tools')
  })
})

const shot = tool({
  name: 'shot',
  description: 'Takes a picture.',
  inputSchema: { type: 'object', properties: {} },
  handler: async () => [{ image: { format: 'png' as const, source: { bytes: 'iVBORw0KGgo=' } } }],
})
const shotCall = (id: string) =>
  callStream({ index: 0, id, function: { name: 'shot', arguments: '{}' } })

describe('wires: the order of roles', () => {
  test.each(['mistral/pixtral-large-latest', 'litellm_proxy/alias-of-pixtral'])(
    'mistral-tool-image: a turn of the model is between the result and its image at %s',
    async (modelId) => {
      fake.manners = 'mistral'
      fake.script(shotCall('abcdefghi'), { text: 'ok' })
      const result = await new Agent({ model: modelAt(fake, modelId), tools: [shot] }).invoke(
        'Look',
      )
      expect(result.text).toBe('ok')
      const roles = fake.modelRequests.at(-1)?.body.messages.map(({ role }: JsonObject) => role)
      expect(roles).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
    },
  )

  test('an interrupted run continues after its results at mistral', async () => {
    fake.manners = 'mistral'
    await continued('mistral/mistral-large-latest', historyOf('abcdefghi').slice(0, 3))
  })

  test.each([
    'hosted_vllm/gemma',
    'ollama/gemma3',
    'lm_studio/gemma',
    'openai_like/gemma',
    'litellm_proxy/gemma',
  ])('consecutive-user: adjacent messages of a user are one at %s', async (modelId) => {
    fake.manners = 'alternating'
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'One.' }] },
      { role: 'user', content: [{ text: 'Two.' }] },
    ]
    const { body } = await continued(modelId, messages, false)
    expect(body.messages).toHaveLength(1)
    for (const said of ['One.', 'Two.', 'And now?'])
      expect(JSON.stringify(body.messages)).toContain(said)
  })

  test.each(['anthropic/claude-sonnet-4-6', 'hosted_vllm/gemma'])(
    'a conversation that begins with the model begins with a user at %s',
    async (modelId) => {
      const messages: Message[] = [{ role: 'assistant', content: [{ text: 'Hello.' }] }]
      const { body } = await continued(modelId, messages, false)
      expect(body.messages.map(({ role }: JsonObject) => role)).toEqual([
        'user',
        'assistant',
        'user',
      ])
    },
  )
})

describe('wires: a message without content', () => {
  test('gets empty content where a server says that it is missing', async () => {
    const refusal = {
      error: {
        message: "'messages.1' : property 'content' is missing",
        type: 'invalid_request_error',
      },
    }
    fake.script({ raw: { status: 400, body: refusal } })
    const { body } = await continued('openai_like/strict', historyOf('c1'))
    expect(body.messages[1]).toMatchObject({ role: 'assistant', content: '' })
  })

  test('has text as a string where a server accepts no parts', async () => {
    const refusal = {
      error: {
        message: 'messages[0].content: invalid type: sequence, expected a string',
        type: 'invalid_request_error',
      },
    }
    fake.script({ raw: { status: 422, body: refusal } })
    const { body } = await continued('openai_like/stringly', historyOf('c1'))
    for (const { content } of body.messages)
      expect(['string', 'undefined']).toContain(typeof content)
  })
})

describe('wires: schemas that only the refusal shows to be too rich', () => {
  const schema = {
    type: 'object',
    properties: { a: { $ref: '#/$defs/A' } },
    $defs: { A: { const: 1 } },
  }
  const rich = {
    spec: { name: 'rich', description: 'd', inputSchema: schema },
    run: async () => 'x',
  }

  test.each([
    ['moonshot', 'litellm_proxy/alias-of-kimi'],
    ['fireworks', 'litellm_proxy/alias-on-fireworks'],
  ] as const)('in the words of %s, they are simplified at %s', async (manner, modelId) => {
    fake.manners = manner
    fake.script({ text: 'ok' }, { text: 'ok' })
    const agent = new Agent({ model: modelAt(fake, modelId), tools: [rich] })
    const { metrics, text } = await agent.invoke('Go')
    expect(text).toBe('ok')
    expect(metrics.notices.join()).toContain('schemas')
    const before = fake.modelRequests.length
    await agent.invoke('Again')
    expect(fake.modelRequests).toHaveLength(before + 1)
  })

  test('another refusal is not answered with another request', async () => {
    fake.script({ raw: { status: 400, body: { error: { message: 'The prompt is bad.' } } } })
    const agent = new Agent({ model: modelAt(fake, 'openai/gpt-4.1'), tools: [rich] })
    await expect(agent.invoke('Go')).rejects.toMatchObject({ code: 'invalidRequest' })
    expect(fake.modelRequests).toHaveLength(1)
  })
})
