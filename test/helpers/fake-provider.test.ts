import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  errorStep,
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from './fake-provider/index.js'

const LONG = 'x'.repeat(8000) // 2000 tokens
const CALCULATOR = { name: 'calculator', description: 'Calculates' }
const PATHS = { openai: '/v1/chat/completions', anthropic: '/v1/messages' }
const WIRES = ['openai', 'anthropic'] as const

let provider: FakeProvider
beforeAll(async () => {
  provider = await startFakeProvider({ models: ['one', 'two'] })
})
afterAll(() => provider.close())
beforeEach(() => provider.reset())

describe('JSON', () => {
  test('a chat completion', async () => {
    provider.script({
      text: 'Let me see.',
      reasoning: { text: 'Hmm' },
      toolCalls: [{ id: 'call_1', name: 'calculator', arguments: { expression: '1' } }],
    })
    const body = await json('openai', says('Hi'))
    expect(body).toMatchObject({ object: 'chat.completion', model: 'm' })
    expect(body.choices).toEqual([
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Let me see.',
          refusal: null,
          reasoning_content: 'Hmm',
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'calculator', arguments: '{"expression":"1"}' },
            },
          ],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ])
    expect(body.usage).toMatchObject({ prompt_tokens: 1, total_tokens: 12 })
  })

  test('an Anthropic message', async () => {
    provider.script({
      text: 'Let me see.',
      reasoning: { text: 'Hmm', signature: 'sig' },
      toolCalls: [{ id: 'toolu_1', name: 'calculator', arguments: { expression: '1' } }],
    })
    const body = await json('anthropic', says('Hi'))
    expect(body).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'tool_use' })
    expect(body.content).toEqual([
      { type: 'thinking', thinking: 'Hmm', signature: 'sig' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_use', id: 'toolu_1', name: 'calculator', input: { expression: '1' } },
    ])
  })

  test('usage and stop reason as scripted', async () => {
    const usage = { prompt_tokens: 7 }
    provider.script({ text: 'a', usage, stopReason: 'length' }, { text: 'b', usage: null })
    const first = await json('openai', says('Hi'))
    expect([first.usage, first.choices[0].finish_reason]).toEqual([usage, 'length'])
    expect(await json('openai', says('Hi'))).not.toHaveProperty('usage')
  })

  test('the list of models', async () => {
    const reply = await fetch(`${provider.url}/v1/models`)
    const { data } = (await reply.json()) as JsonObject
    expect(data.map((model: JsonObject) => model.id)).toEqual(['one', 'two'])
    expect(provider.requests).toHaveLength(1)
    expect(provider.modelRequests).toHaveLength(0)
  })
})

describe('streams', () => {
  test('OpenAI reports usage last, and only when asked', async () => {
    provider.script({ chunks: ['Hel', 'lo'] }, { chunks: ['Hel', 'lo'] })
    const asked = await events('openai', { ...says('Hi'), stream_options: { include_usage: true } })
    expect(asked.slice(0, 4).map((event) => event.choices[0])).toMatchObject([
      { delta: { role: 'assistant', content: '' }, finish_reason: null },
      { delta: { content: 'Hel' }, finish_reason: null },
      { delta: { content: 'lo' }, finish_reason: null },
      { delta: {}, finish_reason: 'stop' },
    ])
    expect(asked[4]).toMatchObject({ choices: [], usage: { completion_tokens: 2 } })
    expect(asked[5]).toBe('[DONE]')

    const unasked = await events('openai', says('Hi'))
    expect(unasked.filter((event) => event.usage)).toEqual([])
  })

  test('OpenAI tool calls come in fragments, or all at index 0, or with neither index nor id', async () => {
    const call = { name: 'calculator', arguments: '{"expression":"2 + 2"}' }
    const toolCalls = [
      { id: 'a', ...call },
      { id: 'b', ...call },
    ]
    provider.script(
      { toolCalls },
      { toolCalls, toolIndex: 'index0' },
      { toolCalls, toolIndex: 'none', omitIds: true },
    )
    const [split, atZero, bare] = [await toolDeltas(), await toolDeltas(), await toolDeltas()]
    const second = split.filter((delta) => delta.index === 1)
    expect(second.map((delta) => delta.id)).toEqual(['b', undefined, undefined, undefined])
    expect(second.map((delta) => delta.function.arguments).join('')).toBe(call.arguments)
    expect(atZero).toMatchObject([
      { index: 0, id: 'a' },
      { index: 0, id: 'b' },
    ])
    expect(bare).toEqual(toolCalls.map(() => ({ type: 'function', function: call })))
  })

  test('Anthropic: every block is opened, filled and closed', async () => {
    provider.script({
      reasoning: { text: 'Hmm', signature: 'sig' },
      text: 'Yes.',
      toolCalls: [{ id: 't', name: 'calculator', arguments: '{"a":1}' }],
    })
    const all = await events('anthropic', says('Hi'))
    expect(
      all.map((event) => event.delta?.type ?? event.content_block?.type ?? event.type),
    ).toEqual([
      'message_start',
      'ping',
      ...['thinking', 'thinking_delta', 'signature_delta', 'content_block_stop'],
      ...['text', 'text_delta', 'content_block_stop'],
      ...['tool_use', ...Array(4).fill('input_json_delta'), 'content_block_stop'],
      'message_delta',
      'message_stop',
    ])
    expect(all.map((event) => event.delta?.partial_json ?? '').join('')).toBe('{"a":1}')
    expect(all.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } })
  })
})

describe('the prompt cache', () => {
  const prompt = (text: string, ttl?: string) => ({
    system: [
      { type: 'text', text: LONG, cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } },
    ],
    ...says(text),
  })

  test('writes, then reads on the Anthropic wire', async () => {
    const usages = [
      await usage('anthropic', prompt('four')),
      await usage('anthropic', prompt('eight bytes')),
    ]
    expect(usages).toMatchObject([
      { input_tokens: 1, cache_creation_input_tokens: 2000, cache_read_input_tokens: 0 },
      { input_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: 2000 },
    ])
  })

  test('counts cached tokens as prompt tokens on the OpenAI wire', async () => {
    const { messages, system } = prompt('four')
    const body = { messages: [{ role: 'system', content: system }, ...messages] }
    expect([await usage('openai', body), await usage('openai', body)]).toMatchObject([
      {
        prompt_tokens: 2001,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 2000 },
      },
      {
        prompt_tokens: 2001,
        prompt_tokens_details: { cached_tokens: 2000, cache_write_tokens: 0 },
      },
    ])
  })

  test('tells how long an entry lives', async () => {
    const { cache_creation } = await usage('anthropic', prompt('four', '1h'))
    expect(cache_creation).toEqual({
      ephemeral_5m_input_tokens: 0,
      ephemeral_1h_input_tokens: 2000,
    })
  })

  test('finds a prefix whose mark has moved on', async () => {
    const marked = (text: string) => ({
      role: 'user',
      content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }],
    })
    const first = { messages: [marked(LONG)] }
    const second = {
      messages: [
        { role: 'user', content: LONG },
        { role: 'assistant', content: 'Yes.' },
        marked('More'),
      ],
    }
    expect(await usage('anthropic', first)).toMatchObject({ cache_creation_input_tokens: 2000 })
    expect(await usage('anthropic', second)).toMatchObject({
      input_tokens: 0,
      cache_creation_input_tokens: 2,
      cache_read_input_tokens: 2000,
    })
  })

  test('ignores prefixes that are too short', async () => {
    const short = { system: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] }
    const body = { ...short, ...says('four') }
    expect([await usage('anthropic', body), await usage('anthropic', body)]).toMatchObject(
      Array(2).fill({
        input_tokens: 2,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      }),
    )
  })

  test.each(WIRES)('refuses a fifth breakpoint: %s', async (wire) => {
    const block = { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }
    const reply = await post(wire, { messages: [{ role: 'user', content: Array(5).fill(block) }] })
    expect(reply.status).toBe(400)
    expect((await reply.json()) as JsonObject).toMatchObject({
      error: {
        type: 'invalid_request_error',
        message: 'A maximum of 4 blocks with cache_control may be provided. Found 5.',
      },
    })
  })

  test('refuses a long life after a short one', async () => {
    const { messages, system } = prompt('four')
    const late = { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }
    const reply = await post('anthropic', { system: [...system, late], messages })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain("system.1.cache_control.ttl: a ttl='1h'")
  })
})

describe('faults', () => {
  test('an error status, with a body of its own or the usual one', async () => {
    provider.script(
      errorStep(429, { error: 'slow down' }, { 'retry-after': '2' }),
      errorStep(529),
      errorStep(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' }),
    )
    const limited = await post('openai', says('Hi'))
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2'])
    expect(await limited.json()).toEqual({ error: 'slow down' })
    const overloaded = await post('anthropic', says('Hi'))
    expect(await overloaded.json()).toMatchObject({ error: { type: 'overloaded_error' } })
    const html = await post('anthropic', says('Hi'))
    expect(await html.text()).toBe('<html>Bad gateway</html>')
  })

  test.each(WIRES)('a reset comes after the content: %s', async (wire) => {
    provider.script({ text: 'Half an answer', end: 'reset' })
    const { error, text } = await readAll(await post(wire, { ...says('Hi'), stream: true }))
    expect(text).toContain('Half')
    expect(text).not.toMatch(/finish_reason":"stop|message_stop/)
    expect(error).toBeInstanceOf(Error)
    const [request] = provider.requests
    await provider.waitFor(() => request?.finishedAt)
    expect(request?.abortedAt).toBeUndefined()
  })

  test('a stream that just ends', async () => {
    provider.script({ text: 'Hi', end: 'noDone', stopReason: null, usage: null })
    const all = await events('anthropic', says('Hi'))
    expect(all.at(-1)).toEqual({ type: 'content_block_stop', index: 0 })
  })

  test('a silent stream stays open until the client leaves, and that is recorded', async () => {
    provider.script({ text: 'Hi', end: 'hang' })
    const client = new AbortController()
    const reply = await post('openai', { ...says('Hi'), stream: true }, client.signal)
    await reply.body?.getReader().read()
    client.abort()
    const request = await provider.waitFor(() => provider.requests.find((r) => r.abortedAt))
    expect(request.finishedAt).toBeUndefined()
  })

  test('a client that leaves before the headers is recorded', async () => {
    provider.script({ text: 'Hi', delayMs: 60_000 })
    const client = new AbortController()
    const reply = post('openai', says('Hi'), client.signal).catch((error: Error) => error.name)
    await provider.waitFor(() => provider.requests.length > 0)
    client.abort()
    expect(await reply).toBe('AbortError')
    await provider.waitFor(() => provider.requests[0]?.abortedAt)
  })

  test('split bytes arrive whole, verbatim events as they are', async () => {
    provider.script(
      { chunks: ['Grüße ', '👋'], splitBytes: 3 },
      { rawEvents: ['data: {oops', '\n\n'] },
    )
    const text = (await events('openai', says('Hi'))).map(
      (e) => e.choices?.[0]?.delta.content ?? '',
    )
    expect(text.join('')).toBe('Grüße 👋')
    const reply = await post('openai', { ...says('Hi'), stream: true })
    expect(await reply.text()).toBe('data: {oops\n\n')
  })

  test('delays before the first event and between events', async () => {
    provider.script({ chunks: ['a', 'b', 'c'], firstChunkDelayMs: 60, betweenChunksMs: 60 })
    const start = performance.now()
    await events('openai', says('Hi'))
    expect(performance.now() - start).toBeGreaterThan(170)
  })
})

describe('steps', () => {
  test('are used in order; functions see what both wires have in common', async () => {
    provider.script({ text: 'one' }, ({ lastUserText, system, wire }) => ({
      text: `${wire}/${system}/${lastUserText}`,
    }))
    expect(provider.pendingSteps).toBe(2)
    await json('openai', says('Hi'))
    const body = await json('anthropic', { system: 'Be brief', ...says('Hello') })
    expect(body.content[0].text).toBe('anthropic/Be brief/Hello')
    expect(provider.pendingSteps).toBe(0)
  })

  test('without any: arithmetic through the calculator, then its result', async () => {
    const tools = [{ ...CALCULATOR, input_schema: {} }]
    const asked = await json('anthropic', { tools, ...says('What is 12 * 3?') })
    const [call] = asked.content
    expect(call).toMatchObject({ name: 'calculator', input: { expression: '12 * 3' } })

    const result = { type: 'tool_result', tool_use_id: call.id, content: 'Result: 36' }
    const messages = [
      ...says('What is 12 * 3?').messages,
      { role: 'assistant', content: asked.content },
      { role: 'user', content: [result] },
    ]
    const answered = await json('anthropic', { tools, messages })
    expect(answered.content).toEqual([{ type: 'text', text: '12*3 is 36.' }])
  })

  test('without any: a forced tool gets a valid instance, a plain question an echo', async () => {
    const properties = {
      title: { type: 'string' },
      rating: { type: 'number', minimum: 1, maximum: 5 },
      tags: { type: 'array', items: { enum: ['a', 'b'] } },
    }
    const parameters = { type: 'object', properties, required: Object.keys(properties) }
    const tools = [{ type: 'function', function: { name: 'BookAnalysis', parameters } }]
    const tool_choice = { type: 'function', function: { name: 'BookAnalysis' } }
    const forced = await json('openai', { tools, tool_choice, ...says('Analyze') })
    const [call] = forced.choices[0].message.tool_calls
    const title = "The Hitchhiker's Guide to the Galaxy"
    expect(JSON.parse(call.function.arguments)).toEqual({ title, rating: 5, tags: ['a'] })

    const plain = await json('openai', { tools, ...says('Hello') })
    expect(plain.choices[0].message.content).toBe('You said: Hello')
  })
})

describe('Bedrock', () => {
  const turn = (...content: JsonObject[]) => ({ messages: [{ role: 'user', content }] })
  const converse = async (body: object) => {
    const reply = await fetch(`${provider.url}/model/a.b%3A0/converse`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return { name: reply.headers.get('x-amzn-errortype'), body: (await reply.json()) as JsonObject }
  }

  test('a Converse answer, counted as the Messages answer is', async () => {
    const point = { cachePoint: { type: 'default', ttl: '1h' } }
    const body = { system: [{ text: LONG }, point], ...turn({ text: 'four' }) }
    provider.script(({ model, wire, system }) => ({ text: `${wire} ${model} ${system.length}` }))
    const { body: first } = await converse(body)
    expect(first).toMatchObject({
      output: { message: { role: 'assistant', content: [{ text: 'bedrock a.b:0 8000' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 1,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 2000,
        cacheDetails: [{ ttl: '1h', inputTokens: 2000 }],
      },
    })
    const { body: second } = await converse(body)
    expect(second.usage).toMatchObject({ inputTokens: 1, cacheReadInputTokens: 2000 })
  })

  test('refuses what Converse refuses', async () => {
    const point = { cachePoint: { type: 'default' } }
    const five = Array.from({ length: 5 }, () => [{ text: 'a' }, point]).flat()
    const refused = [
      [turn(...five), 'A maximum of 4 blocks'],
      [turn({ text: ' ' }), 'is blank'],
      [turn({ document: { name: 'a', format: 'pdf', source: {} } }), 'text block must be included'],
      [{ messages: [{ role: 'assistant', content: [{ text: 'a' }] }] }, 'start with a user'],
      [turn({ toolResult: { toolUseId: 't', content: [] } }), 'exceeds the number of toolUse'],
    ] as const
    for (const [body, words] of refused) {
      const { name, body: answer } = await converse(body)
      expect([name, answer.message]).toEqual([
        'ValidationException',
        expect.stringContaining(words),
      ])
    }
  })
})

function says(text: string) {
  return { messages: [{ role: 'user', content: text }] }
}

function post(wire: keyof typeof PATHS, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(provider.url + PATHS[wire], {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', ...body }),
    ...(signal && { signal }),
  })
}

async function json(wire: keyof typeof PATHS, body: object): Promise<JsonObject> {
  return (await (await post(wire, body)).json()) as JsonObject
}

async function usage(wire: keyof typeof PATHS, body: object): Promise<JsonObject> {
  return (await json(wire, body)).usage
}

async function events(wire: keyof typeof PATHS, body: object): Promise<JsonObject[]> {
  const text = await (await post(wire, { ...body, stream: true })).text()
  const data = text.split('\n').filter((line) => line.startsWith('data: '))
  return data.map((line) => (line === 'data: [DONE]' ? '[DONE]' : JSON.parse(line.slice(6))))
}

async function toolDeltas(): Promise<JsonObject[]> {
  const all = await events('openai', says('Hi'))
  return all.flatMap((event) => event.choices?.[0]?.delta.tool_calls ?? [])
}

async function readAll(reply: Response): Promise<{ text: string; error?: unknown }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const part of reply.body ?? []) text += decoder.decode(part, { stream: true })
    return { text }
  } catch (error) {
    return { text, error }
  }
}
