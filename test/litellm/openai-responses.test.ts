import {
  Agent,
  type AgentError,
  type AgentEvent,
  calculator,
  explainRoute,
  LiteLLMModel,
  type LiteLLMModelConfig,
  type Message,
} from 'litellm-agents-mcp'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  errorStep,
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'

const key = 'sk-test-0123456789abcdef'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

function model(config: Partial<LiteLLMModelConfig> = {}) {
  const { clientArgs, ...rest } = config
  const args = { api_key: key, api_base: `${fake.url}/v1`, num_retries: 0, ...clientArgs }
  return new LiteLLMModel(
    { modelId: 'openai/responses/gpt-5.6', clientArgs: args, ...rest },
    { env: {} },
  )
}

async function failure(run: Promise<unknown>): Promise<AgentError> {
  return run.then(
    () => expect.fail('the run did not fail'),
    (error: AgentError) => error,
  )
}

const event = (type: string, data: JsonObject) => `data: ${JSON.stringify({ type, ...data })}\n\n`
const usage = { input_tokens: 5, output_tokens: 3, total_tokens: 8 }
const completed = (output: JsonObject[], more: JsonObject = {}) =>
  event('response.completed', { response: { status: 'completed', output, usage, ...more } })
const message = (text: string, id = 'msg_1') => ({
  type: 'message',
  id,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const call = (expression: string, id = 'call_a') => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'calculator',
  arguments: JSON.stringify({ expression }),
})
const delta = (text: string, at: JsonObject = { output_index: 0, item_id: 'msg_1' }) =>
  event('response.output_text.delta', { content_index: 0, delta: text, ...at })

/** What a run makes of a stream: its text, and the text as it was streamed. */
async function streamed(events: string[], config: Partial<LiteLLMModelConfig> = {}) {
  fake.script({ rawEvents: events }, { text: 'done' })
  const agent = new Agent({ model: model(config), tools: [calculator] })
  let deltas = ''
  let reasoning = ''
  let text = ''
  let stopReason = ''
  for await (const one of agent.stream('Go') as AsyncIterable<AgentEvent>) {
    if (one.type === 'textDelta') deltas += one.text
    if (one.type === 'reasoningDelta') reasoning += one.text
    if (one.type === 'result') ({ text, stopReason } = one.result)
  }
  const calls = agent.messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolUse' in block ? [block.toolUse.input] : [])),
  )
  return { text, deltas, reasoning, stopReason, calls, messages: agent.messages }
}

describe('streams of the Responses wire, as servers send them', () => {
  test.each<[string, string[]]>([
    ['deltas, and an output that is empty', [delta('Hel'), delta('lo'), completed([])]],
    [
      'deltas without an item before them',
      [delta('Hel'), delta('lo'), completed([message('Hello')])],
    ],
    ['nothing but response.completed', [completed([message('Hello')])]],
    [
      'nothing but the items, whole',
      [
        event('response.output_item.done', { output_index: 0, item: message('Hello') }),
        completed([]),
      ],
    ],
    [
      'a lost delta, and the text whole',
      [
        delta('He'),
        event('response.output_text.done', { output_index: 0, content_index: 0, text: 'Hello' }),
        completed([]),
      ],
    ],
    [
      'ids that change from event to event',
      [
        event('response.output_item.added', {
          output_index: 0,
          item: { ...message(''), id: 'a', content: [] },
        }),
        delta('Hel', { output_index: 0, item_id: 'b' }),
        delta('lo', { output_index: 0, item_id: 'c' }),
        event('response.output_item.done', { output_index: 0, item: message('Hello', 'd') }),
        completed([message('Hello', 'e')]),
      ],
    ],
    [
      'no output_index and no item_id',
      [delta('Hel', {}), delta('lo', {}), completed([message('Hello')])],
    ],
    [
      'an output that leaves out the reasoning before it',
      [
        event('response.output_item.added', {
          output_index: 0,
          item: { type: 'reasoning', id: 'rs_1', summary: [] },
        }),
        delta('Hel', { output_index: 1, item_id: 'msg_1' }),
        delta('lo', { output_index: 1, item_id: 'msg_1' }),
        completed([message('Hello')]),
      ],
    ],
    [
      'unknown events and items',
      [
        event('response.telepathy.delta', { delta: 'x' }),
        event('response.output_item.added', { output_index: 0, item: { type: 'dream', id: 'd' } }),
        event('response.web_search_call.searching', { output_index: 1, item_id: 'ws' }),
        event('response.output_item.done', {
          output_index: 1,
          item: { type: 'web_search_call', id: 'ws', status: 'completed' },
        }),
        delta('Hello', { output_index: 2, item_id: 'msg_1' }),
        completed([
          { type: 'dream', id: 'd' },
          { type: 'web_search_call', id: 'ws' },
          message('Hello'),
        ]),
      ],
    ],
    ['empty data and [DONE]', ['data:\n\n', delta('Hello'), completed([]), 'data: [DONE]\n\n']],
  ])('%s: the text is whole, once', async (_, events) => {
    expect(await streamed(events)).toMatchObject({
      text: 'Hello',
      deltas: 'Hello',
      stopReason: 'endTurn',
    })
  })

  test('a repeated delta does not reach the message, which the item corrects', async () => {
    const { text } = await streamed([
      delta('Hel'),
      delta('Hel'),
      delta('lo'),
      completed([message('Hello')]),
    ])
    expect(text).toBe('Hello')
  })

  test.each<[string, string[]]>([
    [
      'arguments in pieces, without an item before them',
      [
        event('response.function_call_arguments.delta', { output_index: 0, delta: '{"expr' }),
        event('response.output_item.done', { output_index: 0, item: call('1+1') }),
        completed([]),
      ],
    ],
    ['only in response.completed', [completed([call('1+1')])]],
    ['arguments as an object', [completed([{ ...call('1+1'), arguments: { expression: '1+1' } }])]],
    [
      'as a custom tool call',
      [completed([{ ...call('1+1'), type: 'custom_tool_call', input: '{"expression":"1+1"}' }])],
    ],
    [
      'interleaved with text after it',
      [
        event('response.output_item.added', {
          output_index: 0,
          item: { ...call(''), arguments: '' },
        }),
        delta('Wait.', { output_index: 1, item_id: 'msg_1' }),
        event('response.function_call_arguments.delta', {
          output_index: 0,
          delta: '{"expression":"1+1"}',
        }),
        completed([call('1+1'), message('Wait.')]),
      ],
    ],
  ])('a call, %s, runs once', async (_, events) => {
    const { text, calls } = await streamed(events)
    expect({ text, calls }).toEqual({ text: 'done', calls: [{ expression: '1+1' }] })
  })

  test('interleaved parallel calls are told apart, and their results go back by call id', async () => {
    const added = (output_index: number, id: string) =>
      event('response.output_item.added', {
        output_index,
        item: { ...call('', id), arguments: '' },
      })
    const piece = (output_index: number, text: string) =>
      event('response.function_call_arguments.delta', { output_index, delta: text })
    const { calls } = await streamed([
      added(0, 'call_a'),
      added(1, 'call_b'),
      piece(0, '{"expression"'),
      piece(1, '{"expression"'),
      piece(0, ':"1+1"}'),
      piece(1, ':"2+2"}'),
      completed([]),
    ])
    expect(calls).toEqual([{ expression: '1+1' }, { expression: '2+2' }])
    const outputs = fake.modelRequests[1]?.body.input.slice(-2)
    expect(outputs).toMatchObject([
      { type: 'function_call_output', call_id: 'call_a' },
      { type: 'function_call_output', call_id: 'call_b' },
    ])
  })

  test('calls with one id, or with none, get ids of their own', async () => {
    const { call_id: _, id: __, ...nameless } = call('2+2')
    await streamed([completed([call('1+1'), { ...call('3+3'), id: 'x' }, nameless])])
    const sent: JsonObject[] = fake.modelRequests[1]?.body.input
    const ids = sent.filter(({ type }) => type === 'function_call').map(({ call_id }) => call_id)
    expect(new Set(ids).size).toBe(3)
  })

  test('parts of a summary are separated by a blank line, streamed or not', async () => {
    const part = (summary_index: number, text: string) =>
      event('response.reasoning_summary_text.delta', {
        output_index: 0,
        summary_index,
        delta: text,
      })
    const item = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: '**One**' },
        { type: 'summary_text', text: 'Two' },
      ],
    }
    const streamedParts = await streamed([
      part(0, '**O'),
      part(0, 'ne**'),
      part(1, 'Two'),
      completed([item, message('Hi')]),
    ])
    expect(streamedParts).toMatchObject({ reasoning: '**One**\n\nTwo', text: 'Hi' })
    fake.reset()
    const whole = await streamed([completed([item, message('Hi')])])
    for (const { messages } of [streamedParts, whole])
      expect(messages[1]?.content[0]).toEqual({
        reasoningContent: {
          reasoningText: { text: '**One**\n\nTwo' },
          origin: expect.any(String),
        },
      })
  })

  test('the reasoning of open models is shown as it comes', async () => {
    const raw = event('response.reasoning_text.delta', {
      output_index: 0,
      content_index: 0,
      delta: 'Hm.',
    })
    expect(await streamed([raw, completed([message('Hi')])])).toMatchObject({ reasoning: 'Hm.' })
  })

  test('a generated image is part of the answer', async () => {
    const { messages } = await streamed([
      completed([
        { type: 'image_generation_call', id: 'ig', result: 'aGk=', output_format: 'webp' },
      ]),
    ])
    expect(messages[1]?.content).toEqual([{ image: { format: 'webp', source: { bytes: 'aGk=' } } }])
  })
})

describe('how a response ends', () => {
  const ended = (type: string, response: JsonObject) =>
    event(type, { response: { output: [], usage, ...response } })

  test.each<[string, string[], string, string]>([
    ['no output at all', [completed([])], 'endTurn', ''],
    [
      'a refusal',
      [
        event('response.refusal.delta', { output_index: 0, content_index: 0, delta: 'I will ' }),
        event('response.refusal.done', {
          output_index: 0,
          content_index: 0,
          refusal: 'I will not.',
        }),
        completed([]),
      ],
      'contentFiltered',
      'I will not.',
    ],
    [
      'max_output_tokens',
      [
        delta('Half'),
        ended('response.incomplete', {
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
        }),
      ],
      'maxTokens',
      'Half',
    ],
    [
      'content_filter',
      [
        delta('Half'),
        ended('response.incomplete', {
          status: 'incomplete',
          incomplete_details: { reason: 'content_filter' },
        }),
      ],
      'contentFiltered',
      'Half',
    ],
    [
      'a reason that is new',
      [
        ended('response.incomplete', {
          status: 'incomplete',
          incomplete_details: { reason: 'bored' },
        }),
      ],
      'maxTokens',
      '',
    ],
    [
      'status incomplete in response.completed',
      [completed([message('Half')], { status: 'incomplete' })],
      'maxTokens',
      'Half',
    ],
  ])('%s', async (_, events, stopReason, text) => {
    expect(await streamed(events)).toMatchObject({ stopReason, text })
  })

  test('a call that the filter cut off does not run', async () => {
    const { calls, stopReason } = await streamed([
      event('response.output_item.added', {
        output_index: 0,
        item: { ...call(''), arguments: '' },
      }),
      event('response.function_call_arguments.delta', {
        output_index: 0,
        delta: '{"expression":"1',
      }),
      ended('response.incomplete', { incomplete_details: { reason: 'content_filter' } }),
    ])
    expect({ calls, stopReason }).toEqual({ calls: [], stopReason: 'contentFiltered' })
  })

  test.each<[string, string[], Partial<AgentError>]>([
    [
      'an error event',
      [event('error', { code: 'server_error', message: 'It broke.', param: null })],
      { code: 'providerError', retryable: true },
    ],
    [
      'an error event that nests',
      [event('error', { error: { type: 'rate_limit_error', message: 'Too fast.' } })],
      { code: 'rateLimit', retryable: true },
    ],
    [
      'an error without a type',
      [`data: ${JSON.stringify({ error: { message: 'x', code: 'context_length_exceeded' } })}\n\n`],
      { code: 'contextWindowOverflow' },
    ],
    [
      'response.failed',
      [
        ended('response.failed', {
          status: 'failed',
          error: { code: 'invalid_prompt', message: 'No.' },
        }),
      ],
      { code: 'contentPolicy', retryable: false },
    ],
    [
      'response.failed over an image',
      [
        ended('response.failed', {
          status: 'failed',
          error: { code: 'invalid_image_format', message: 'Not an image.' },
        }),
      ],
      { code: 'invalidRequest', retryable: false },
    ],
    [
      'a response that was cancelled there',
      [ended('response.cancelled', { status: 'cancelled' })],
      { code: 'providerError' },
    ],
    ['an end without a last event', [delta('Half')], { code: 'connection', text: 'Half' }],
    ['an event cut off', [delta('Half'), 'data: {"type": "resp'], { code: 'connection' }],
  ])('%s is an error', async (_, rawEvents, error) => {
    fake.script({ rawEvents })
    expect(await failure(new Agent({ model: model() }).invoke('Go'))).toMatchObject(error)
  })

  test('an error before any output is retried, after output it is not', async () => {
    const failed = event('error', { code: 'rate_limit_exceeded', message: 'Too fast.' })
    const retrying = { clientArgs: { num_retries: 1 } }
    fake.script({ rawEvents: [failed] }, { text: 'Well.' })
    expect((await new Agent({ model: model(retrying) }).invoke('Go')).text).toBe('Well.')
    fake.script({ rawEvents: [delta('Half'), failed] }, { text: 'Well.' })
    const error = await failure(new Agent({ model: model(retrying) }).invoke('Go'))
    expect(error).toMatchObject({ code: 'rateLimit', text: 'Half' })
  })

  test('the usage of a response that failed is kept', async () => {
    fake.script({
      rawEvents: [
        delta('Half'),
        ended('response.failed', { status: 'failed', error: { message: 'No.' } }),
      ],
    })
    const error = await failure(new Agent({ model: model() }).invoke('Go'))
    expect(error.usage).toMatchObject({ inputTokens: 5, outputTokens: 3, totalTokens: 8 })
  })

  test.each<[string, JsonObject, string]>([
    [
      'failed',
      { status: 'failed', error: { code: 'server_error', message: 'x' } },
      'providerError',
    ],
    ['still queued', { status: 'queued', output: [] }, 'providerError'],
    ['without output', { status: 'completed' }, 'providerError'],
    [
      'an error with status 200',
      { error: { code: 'insufficient_quota', message: 'x' } },
      'budgetExceeded',
    ],
  ])('a JSON reply that is %s is an error', async (_, body, code) => {
    fake.script({ raw: { status: 200, body, headers: { 'content-type': 'application/json' } } })
    const error = await failure(new Agent({ model: model({ stream: false }) }).invoke('Go'))
    expect(error.code).toBe(code)
  })
})

describe('what a call costs over the Responses wire', () => {
  const spent = async (response: JsonObject, config: Partial<LiteLLMModelConfig> = {}) => {
    fake.script({ rawEvents: [completed([message('Hi')], response)] })
    const { metrics } = await new Agent({ model: model(config) }).invoke('Go')
    return metrics.cycles[0]
  }
  const counted = {
    input_tokens: 2048,
    input_tokens_details: { cached_tokens: 1920, cache_write_tokens: 64 },
    output_tokens: 60,
    output_tokens_details: { reasoning_tokens: 48 },
    total_tokens: 2108,
  }

  test('cached and reasoning tokens are counted as on every wire', async () => {
    expect((await spent({ usage: counted }))?.usage).toEqual({
      inputTokens: 2048,
      outputTokens: 60,
      totalTokens: 2108,
      cacheReadInputTokens: 1920,
      cacheWriteInputTokens: 64,
      reasoningTokens: 48,
    })
  })

  test.each([
    ['default', 'computed'],
    ['priority', 'unknown'],
    ['flex', 'unknown'],
  ])('a response that tier %s served has a cost that is %s', async (service_tier, source) => {
    const cycle = await spent({ usage: counted, service_tier })
    expect(cycle?.costSource).toBe(source)
    expect(cycle?.costUsd === null).toBe(source === 'unknown')
  })

  test.each<[string, JsonObject, number]>([
    ['as a number', { cost: 0.25 }, 0.25],
    ["in Perplexity's form", { cost: { currency: 'USD', total_cost: 0.125 } }, 0.125],
    ["in xAI's ticks", { cost_in_usd_ticks: 5_000_000_000 }, 0.5],
  ])('a cost that the provider reports %s is taken', async (_, cost, usd) => {
    const cycle = await spent({ usage: { ...counted, ...cost } })
    expect(cycle).toMatchObject({ costUsd: usd, costSource: 'reported' })
  })

  test('usage that was not reported is unknown', async () => {
    expect(await spent({ usage: null })).toMatchObject({ usage: null, costUsd: null })
  })

  test('a limit on cost lowers max_output_tokens, and never below what the API takes', async () => {
    const agent = new Agent({ model: model({ params: { max_tokens: 5000 } }) })
    await agent.invoke('Go', { limits: { maxOutputTokens: 100 } })
    expect(fake.modelRequests[0]?.body.max_output_tokens).toBe(100)
    const error = await failure(agent.invoke('Go', { limits: { maxOutputTokens: 8 } }))
    expect(error.code).toBe('limitReached')
  })
})

describe('encrypted reasoning', () => {
  const thinking = { text: 'I need it.' }
  const twice = () =>
    fake.script(
      {
        reasoning: thinking,
        toolCalls: [{ name: 'calculator', arguments: { expression: '1+1' } }],
      },
      {
        reasoning: thinking,
        toolCalls: [{ name: 'calculator', arguments: { expression: '2+2' } }],
      },
      { reasoning: { text: '' }, text: 'Four.' },
    )

  test('is requested without storage, and goes back before each call it led to', async () => {
    twice()
    const agent = new Agent({ model: model(), tools: [calculator] })
    expect((await agent.invoke('Go')).text).toBe('Four.')
    const bodies = fake.modelRequests.map(({ body }) => body)
    for (const body of bodies)
      expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(bodies[2]?.input.map(({ type }: JsonObject) => type)).toEqual([
      'message',
      'reasoning',
      'function_call',
      'function_call_output',
      'reasoning',
      'function_call',
      'function_call_output',
    ])
    await agent.invoke('And now?')
    expect(fake.modelRequests[3]?.body.input.slice(-3)).toMatchObject([
      { type: 'reasoning', summary: [] },
      { type: 'message', role: 'assistant' },
      { type: 'message', role: 'user' },
    ])
  })

  test('survives a copy of the messages, as sessions keep them', async () => {
    twice()
    const agent = new Agent({ model: model(), tools: [calculator] })
    await agent.invoke('Go')
    const messages: Message[] = JSON.parse(JSON.stringify(agent.messages))
    await new Agent({ model: model(), tools: [calculator], messages }).invoke('Again')
    const types = fake.modelRequests.at(-1)?.body.input.map(({ type }: JsonObject) => type)
    expect(types.filter((type: string) => type === 'reasoning')).toHaveLength(3)
  })

  test.each<[string, LiteLLMModelConfig['modelId']]>([
    ['chat completions', 'openai/gpt-4o-mini'],
    ['Claude', 'anthropic/claude-sonnet-4-6'],
    ['another provider of the Responses API', 'xai/responses/grok-4'],
  ])('stays away from %s when the conversation changes its model', async (_, modelId) => {
    twice()
    const agent = new Agent({ model: model(), tools: [calculator] })
    await agent.invoke('Go')
    const next = model({ modelId, params: { max_tokens: 100 } })
    await new Agent({ model: next, tools: [calculator], messages: agent.messages }).invoke('Again')
    expect(fake.modelRequests.at(-1)?.rawBody).not.toMatch(
      /gAAA|encrypted_content":"|"type":"reasoning"/,
    )
  })

  test("Claude's signed thinking stays away from the Responses API", async () => {
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'Hi' }] },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
          { text: 'Hello' },
        ],
      },
    ]
    await new Agent({ model: model(), messages }).invoke('Go on')
    expect(fake.modelRequests[0]?.rawBody).not.toContain('Hm.')
  })

  test('of another account is left out at the second try, with a notice', async () => {
    twice()
    const agent = new Agent({ model: model(), tools: [calculator] })
    await agent.invoke('Go')
    const foreign: Message[] = JSON.parse(JSON.stringify(agent.messages).replaceAll('gAAA', 'gBBB'))
    fake.reset()
    const other = new Agent({ model: model(), tools: [calculator], messages: foreign })
    const result = await other.invoke('Again')
    expect(result.text).toBe('You said: Again')
    expect(result.metrics.notices).toContainEqual(
      expect.stringMatching(/reasoning was not sent back/),
    )
    expect(fake.modelRequests).toHaveLength(2)
  })

  test('is not requested of a model that has none, nor where the provider says so', async () => {
    await new Agent({ model: model({ modelId: 'openai/responses/gpt-4o-mini' }) }).invoke('Go')
    expect(fake.modelRequests[0]?.body).not.toHaveProperty('include')
    fake.reset()
    const message = 'Encrypted content is not supported with this model.'
    fake.script(errorStep(400, { error: { message, param: 'include', code: null } }), {
      text: 'Hi',
    })
    const unknown = model({ modelId: 'openai/responses/my-deployment' })
    expect((await new Agent({ model: unknown }).invoke('Go')).text).toBe('Hi')
    expect(fake.modelRequests[1]?.body).not.toHaveProperty('include')
  })

  test('whose call was cut off does not go back without it', async () => {
    fake.script({ reasoning: thinking, text: '', stopReason: 'length' })
    const agent = new Agent({ model: model() })
    expect((await agent.invoke('Go')).stopReason).toBe('maxTokens')
    await agent.invoke('Go on')
    expect(fake.modelRequests[1]?.rawBody).not.toContain('"type":"reasoning"')
  })

  test('is kept only where a call or text follows it, not an item that is not sent back', async () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'E' }
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const { messages } = await streamed([
      completed([reasoning, search, { ...reasoning, id: 'rs_2' }, message('Hi')]),
    ])
    expect(messages[1]?.content).toEqual([
      { reasoningContent: { encrypted: { id: 'rs_2', content: 'E', origin: expect.any(String) } } },
      { text: 'Hi' },
    ])
  })

  test('store and include of params hold', async () => {
    const params = { store: true, include: ['web_search_call.action.sources'] }
    await new Agent({ model: model({ params }) }).invoke('Go')
    expect(fake.modelRequests[0]?.body).toMatchObject({
      store: true,
      include: ['web_search_call.action.sources', 'reasoning.encrypted_content'],
    })
  })
})

describe('requests of the Responses wire', () => {
  const sent = async (config: Partial<LiteLLMModelConfig>, prompt: unknown = 'Go') => {
    const result = await new Agent({ model: model(config) }).invoke(prompt as never)
    return { body: fake.modelRequests.at(-1)?.body ?? {}, notices: result.metrics.notices }
  }

  test('images, documents and tool results take the form of the API', async () => {
    const pixel = 'iVBORw0KGgo='
    const content = [
      { text: 'Look' },
      { image: { format: 'png', source: { bytes: pixel } } },
      { image: { format: 'jpeg', source: { url: 'https://example.com/a.jpg' } } },
      { document: { format: 'pdf', name: 'a.pdf', source: { bytes: 'JVBERg==' } } },
      { document: { format: 'pdf', name: 'b.pdf', source: { url: 'https://example.com/b.pdf' } } },
    ]
    const { body } = await sent({}, content)
    expect(body.input).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: `data:image/png;base64,${pixel}`, detail: 'auto' },
          { type: 'input_image', image_url: 'https://example.com/a.jpg', detail: 'auto' },
          {
            type: 'input_file',
            file_data: 'data:application/pdf;base64,JVBERg==',
            filename: 'a.pdf',
          },
          { type: 'input_file', file_url: 'https://example.com/b.pdf' },
        ],
      },
    ])
  })

  test('audio is refused before any call', async () => {
    const audio = [{ audio: { format: 'wav', source: { bytes: 'UklGRg==' } } }]
    const error = await failure(new Agent({ model: model() }).invoke(audio as never))
    expect(error.code).toBe('invalidRequest')
    expect(fake.modelRequests).toHaveLength(0)
  })

  test('an image that a tool returns goes to a user message after all results', async () => {
    const shot = { image: { format: 'png' as const, source: { bytes: 'iVBORw0KGgo=' } } }
    const results = ['a', 'b'].map((id) => ({
      toolResult: { toolUseId: id, status: 'success' as const, content: [{ text: id }, shot] },
    }))
    const uses = ['a', 'b'].map((id) => ({ toolUse: { toolUseId: id, name: 'see', input: {} } }))
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'Look' }] },
      { role: 'assistant', content: uses },
      { role: 'user', content: results },
    ]
    await new Agent({ model: model(), messages }).invoke('And?')
    expect(
      fake.modelRequests[0]?.body.input
        .slice(3)
        .map(({ type, content }: JsonObject) => [
          type,
          (content ?? []).map((part: JsonObject) => part.type),
        ]),
    ).toEqual([
      ['function_call_output', []],
      ['function_call_output', []],
      ['message', ['input_image', 'input_image']],
      ['message', ['input_text']],
    ])
  })

  test.each<[string, JsonObject, JsonObject]>([
    ['max_completion_tokens', { max_completion_tokens: 99 }, { max_output_tokens: 99 }],
    ['an effort', { reasoning_effort: 'high' }, { reasoning: { effort: 'high' } }],
    [
      'an effort and a summary',
      { reasoning_effort: 'low', reasoning_summary: 'auto' },
      { reasoning: { effort: 'low', summary: 'auto' } },
    ],
    [
      'an effort as an object beside reasoning',
      { reasoning_effort: { effort: 'low' }, reasoning: { summary: 'concise' } },
      { reasoning: { effort: 'low', summary: 'concise' } },
    ],
    [
      'response_format and verbosity',
      {
        verbosity: 'low',
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', description: 'd', schema: { type: 'object' } },
        },
      },
      {
        text: {
          verbosity: 'low',
          format: {
            type: 'json_schema',
            name: 'n',
            description: 'd',
            strict: false,
            schema: { type: 'object' },
          },
        },
      },
    ],
    [
      'web_search_options',
      {
        web_search_options: {
          search_context_size: 'low',
          user_location: { type: 'approximate', approximate: { city: 'Rome' } },
        },
      },
      {
        tools: [
          {
            type: 'web_search',
            search_context_size: 'low',
            user_location: { type: 'approximate', city: 'Rome' },
          },
        ],
      },
    ],
    [
      'tools of the provider in extra_body',
      { extra_body: { tools: [{ type: 'web_search' }] } },
      { tools: [{ type: 'web_search' }] },
    ],
    [
      'what both APIs have',
      {
        service_tier: 'flex',
        prompt_cache_key: 'k',
        safety_identifier: 's',
        metadata: { a: 'b' },
        truncation: 'auto',
      },
      {
        service_tier: 'flex',
        prompt_cache_key: 'k',
        safety_identifier: 's',
        metadata: { a: 'b' },
        truncation: 'auto',
      },
    ],
  ])('%s', async (_, params, wanted) => {
    const { body } = await sent({ params })
    expect(body).toMatchObject(wanted)
    for (const name of Object.keys(params))
      if (!(name in wanted)) expect(body).not.toHaveProperty(name)
  })

  test('what the API has no place for is left out, with a notice for each', async () => {
    const params = { stop: ['x'], seed: 1, logit_bias: {}, frequency_penalty: 1, n: 2 }
    const { body, notices } = await sent({ params })
    for (const name of Object.keys(params)) {
      expect(body).not.toHaveProperty(name)
      expect(notices.join('\n')).toContain(name)
    }
  })

  test.each([
    ['required', 'required'],
    ['auto', 'auto'],
    [
      { type: 'function', function: { name: 'calculator' } },
      { type: 'function', name: 'calculator' },
    ],
  ])('tool_choice %j is sent as %j', async (given, wanted) => {
    fake.script({ text: 'Hi' })
    const forced = model({ params: { tool_choice: given } })
    await new Agent({ model: forced, tools: [calculator] }).invoke('Go')
    expect(fake.modelRequests[0]?.body.tool_choice).toEqual(wanted)
  })

  test('an object is asked for by a forced tool', async () => {
    const schema = {
      type: 'object',
      properties: { title: { type: 'string' } },
      required: ['title'],
    }
    const { output } = await new Agent({ model: model() }).structuredOutput(schema, 'A book')
    expect(output).toHaveProperty('title')
    expect(fake.modelRequests[0]?.body.tool_choice).toBe('required')
  })

  test('ids of other providers go as they are, longer ones under a name of their own', async () => {
    const long = `call_${'x'.repeat(80)}`
    const ids = ['toolu_01', long]
    const messages: Message[] = [
      { role: 'user', content: [{ text: 'Hi' }] },
      {
        role: 'assistant',
        content: ids.map((toolUseId) => ({ toolUse: { toolUseId, name: 'f', input: {} } })),
      },
      {
        role: 'user',
        content: ids.map((toolUseId) => ({
          toolResult: { toolUseId, status: 'success' as const, content: [{ text: 'ok' }] },
        })),
      },
    ]
    await new Agent({ model: model(), messages }).invoke('Go')
    const input: JsonObject[] = fake.modelRequests[0]?.body.input
    const calls = input.filter(({ type }) => type === 'function_call').map(({ call_id }) => call_id)
    const outputs = input.filter(({ type }) => type === 'function_call_output')
    expect(calls[0]).toBe('toolu_01')
    expect(calls[1].length).toBeLessThanOrEqual(64)
    expect(outputs.map(({ call_id }) => call_id)).toEqual(calls)
  })

  test('cache points are reported as unsupported, wherever they are', async () => {
    const point = { cachePoint: { type: 'default' as const } }
    const agent = new Agent({
      model: model(),
      tools: [calculator, point],
      systemPrompt: [{ text: 'Be brief.' }, point],
    })
    const { metrics } = await agent.invoke([{ text: 'Go' }, point])
    expect(metrics.cache.points.map(({ at, reason }) => [at, reason])).toEqual([
      ['tools', 'unsupported'],
      ['system[1]', 'unsupported'],
      ['messages[0].content[1]', 'unsupported'],
    ])
  })

  test('a cancelled run stops the call upstream', async () => {
    fake.script({ text: 'Once', end: 'hang' })
    const cancel = new AbortController()
    const run = new Agent({ model: model() }).invoke('Go', { signal: cancel.signal })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
    cancel.abort()
    expect((await run).stopReason).toBe('cancelled')
    await fake.waitFor(({ modelRequests }) => modelRequests[0]?.abortedAt)
  })

  test('a fallback answers where the Responses API fails', async () => {
    fake.script(errorStep(503), { text: 'Here.' })
    const spare = {
      modelId: 'openai/gpt-4o-mini',
      clientArgs: { api_key: key, api_base: `${fake.url}/v1` },
    }
    const result = await new Agent({ model: model({ fallbacks: [spare] }) }).invoke('Go')
    expect(result.text).toBe('Here.')
    expect(fake.modelRequests.map(({ wire }) => wire)).toEqual(['responses', 'openai'])
  })
})

describe('which calls go to the Responses API', () => {
  const wires = async (modelId: string, clientArgs: JsonObject, params: JsonObject = {}) => {
    const route = await explainRoute(
      { modelId, clientArgs: { api_key: key, ...clientArgs }, params },
      {
        AZURE_API_BASE: 'https://r.openai.azure.com',
        DATABRICKS_API_BASE: 'https://d.example/serving-endpoints',
      },
    )
    return [route.wire, route.withTools?.wire ?? route.wire, route.withTools?.url ?? route.url]
  }
  const [chat, responses] = ['openai-chat', 'openai-responses']
  const openai = 'https://api.openai.com/v1'
  const azure = 'https://r.openai.azure.com/openai'

  test.each<[string, JsonObject, JsonObject, string, string, string]>([
    ['openai/gpt-4o', {}, {}, chat, chat, `${openai}/chat/completions`],
    ['openai/gpt-5', {}, {}, chat, chat, `${openai}/chat/completions`],
    ['openai/gpt-5.1', {}, { reasoning_effort: 'high' }, chat, chat, `${openai}/chat/completions`],
    ['openai/gpt-5.4', {}, {}, chat, responses, `${openai}/responses`],
    ['openai/gpt-5.6-luna', {}, {}, chat, responses, `${openai}/responses`],
    ['gpt-5.6', {}, { reasoning_effort: 'none' }, chat, chat, `${openai}/chat/completions`],
    ['openai/gpt-5.10', {}, {}, chat, responses, `${openai}/responses`],
    ['openai/gpt-6-astra', {}, {}, chat, responses, `${openai}/responses`],
    ['openai/gpt-7-of-tomorrow', {}, {}, chat, responses, `${openai}/responses`],
    ['openai/ft:gpt-4o:me', {}, {}, chat, chat, `${openai}/chat/completions`],
    ['openai/gpt-5.6-search-api', {}, {}, chat, chat, `${openai}/chat/completions`],
    ['openai/gpt-5-codex', {}, {}, responses, responses, `${openai}/responses`],
    ['o3-pro', {}, {}, responses, responses, `${openai}/responses`],
    ['openai/responses/gpt-4o', {}, {}, responses, responses, `${openai}/responses`],
    ['responses/gpt-4o', {}, {}, responses, responses, `${openai}/responses`],
    [
      'openai/gpt-5.6',
      { api_base: 'https://g.example/v1' },
      {},
      chat,
      chat,
      'https://g.example/v1/chat/completions',
    ],
    [
      'openai/gpt-5.6',
      { api_base: 'https://g.example/v1' },
      { reasoning_effort: 'low' },
      chat,
      responses,
      'https://g.example/v1/responses',
    ],
    [
      'openai/gpt-5.6',
      { api_base: 'https://eu.privatelink.api.openai.com/v1' },
      {},
      chat,
      responses,
      'https://eu.privatelink.api.openai.com/v1/responses',
    ],
    ['azure/gpt-5.6', {}, {}, chat, responses, `${azure}/v1/responses?api-version=preview`],
    [
      'azure/gpt-35-turbo',
      {},
      {},
      chat,
      chat,
      `${azure}/deployments/gpt-35-turbo/chat/completions?api-version=2025-02-01-preview`,
    ],
    [
      'azure/responses/my-d',
      {},
      {},
      responses,
      responses,
      `${azure}/v1/responses?api-version=preview`,
    ],
    [
      'azure/gpt-5-codex',
      { api_version: 'v1' },
      {},
      responses,
      responses,
      `${azure}/v1/responses?api-version=v1`,
    ],
    [
      'azure/gpt-5-codex',
      { api_version: '2025-04-01-preview' },
      {},
      responses,
      responses,
      `${azure}/responses?api-version=2025-04-01-preview`,
    ],
    [
      'azure/gpt-5-codex',
      { api_base: 'https://r.openai.azure.com/openai/deployments/gpt-5-codex' },
      {},
      responses,
      responses,
      `${azure}/v1/responses?api-version=preview`,
    ],
    ['xai/grok-4.20-multi-agent', {}, {}, responses, responses, 'https://api.x.ai/v1/responses'],
    [
      'xai/grok-4',
      {},
      { web_search_options: {} },
      responses,
      responses,
      'https://api.x.ai/v1/responses',
    ],
    [
      'perplexity/preset/pro-search',
      {},
      {},
      responses,
      responses,
      'https://api.perplexity.ai/v1/responses',
    ],
    ['perplexity/sonar', {}, {}, chat, chat, 'https://api.perplexity.ai/chat/completions'],
    [
      'databricks/databricks-gpt-5-5',
      {},
      {},
      responses,
      responses,
      'https://d.example/serving-endpoints/responses',
    ],
    [
      'bedrock_mantle/openai.gpt-5.6-sol',
      {},
      {},
      responses,
      responses,
      'https://bedrock-mantle.us-east-1.api.aws/openai/v1/responses',
    ],
    [
      'bedrock_mantle/responses/openai.gpt-oss-120b',
      {},
      {},
      responses,
      responses,
      'https://bedrock-mantle.us-east-1.api.aws/v1/responses',
    ],
    [
      'litellm_proxy/responses/my-alias',
      { api_base: 'http://127.0.0.1:4000' },
      {},
      responses,
      responses,
      'http://127.0.0.1:4000/responses',
    ],
    [
      'litellm_proxy/gpt-5.6',
      { api_base: 'http://127.0.0.1:4000' },
      {},
      chat,
      chat,
      'http://127.0.0.1:4000/chat/completions',
    ],
  ])('%s with %j and %j', async (modelId, clientArgs, params, plain, withTools, url) => {
    expect(await wires(modelId, clientArgs, params)).toEqual([plain, withTools, url])
  })

  test('an id that asks it of a provider without one is a configuration error', async () => {
    await expect(wires('bedrock/responses/amazon.nova-lite-v1:0', {})).rejects.toMatchObject({
      code: 'configuration',
    })
  })
})
