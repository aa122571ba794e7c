import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/agent/messages/content.js'
import type { ModelRequest } from '../../src/agent/model.js'
import { converseRequest } from '../../src/litellm/wires/bedrock-converse/request.js'
import type { JsonObject } from '../../src/util/json.js'
import { converseProblem } from '../helpers/fake-provider/bedrock-rules.js'
import { bedrockRoute, says, wireCall } from './bedrock-call.js'

const nova = 'us.amazon.nova-lite-v1:0'
const llama = 'us.meta.llama3-3-70b-instruct-v1:0'
const spec = { name: 'lookup', description: 'Looks up', inputSchema: { type: 'object' } }
const pixel = 'iVBORw0KGgo='

function prepared(request: Partial<ModelRequest>, params: JsonObject = {}, model?: string) {
  const route = bedrockRoute('', model === undefined ? {} : { model })
  return converseRequest(wireCall({ ...says('Hi'), ...request }, { route, params }))
}

/** The request as it is in JSON, but for bytes, which Converse would not refuse either. */
function input(request: Partial<ModelRequest>, params: JsonObject = {}, model?: string) {
  const made = prepared(request, params, model).input as unknown as JsonObject
  expect(converseProblem(made)).toBeNull()
  return made
}

const user = (...content: Message['content']): Message => ({ role: 'user', content })
const assistant = (...content: Message['content']): Message => ({ role: 'assistant', content })

function sent(...messages: Message[]) {
  return input({ messages }).messages as unknown as Message[]
}

describe('messages', () => {
  test('turns alternate and begin with the user', () => {
    expect(sent(assistant({ text: 'Welcome.' }), user({ text: 'a' }), user({ text: 'b' }))).toEqual(
      [
        user({ text: 'Please continue.' }),
        assistant({ text: 'Welcome.' }),
        user({ text: 'a' }, { text: 'b' }),
      ],
    )
  })

  test('blank text is left out, a turn that says nothing says so', () => {
    expect(
      sent(
        user({ text: 'a' }, { text: ' \n' }),
        assistant({ text: '' }),
        user({ text: '' }),
        user({ text: 'b' }),
      ),
    ).toEqual([user({ text: 'a' }), assistant({ text: '[blank text]' }), user({ text: 'b' })])
  })

  test('tool uses and results, whatever they hold', () => {
    const ids = ['call_1__thought__c2ln+/=', 'tooluse_2', 'tooluse_3']
    const uses = ids.map((toolUseId) => ({
      toolUse: { toolUseId, name: 'lookup', input: {} as JsonObject },
    }))
    const messages = sent(
      user({ text: 'a' }),
      assistant(...uses.slice(0, 2), {
        toolUse: {
          toolUseId: 'tooluse_3',
          name: 'no such.tool',
          input: '{oops',
          rawInput: '{oops',
        },
      }),
      user(
        {
          toolResult: {
            toolUseId: ids[0] as string,
            status: 'success',
            content: [
              { json: { a: 1 } },
              { json: [1, 2] },
              { image: { format: 'png', source: { bytes: pixel } } },
            ],
          },
        },
        { toolResult: { toolUseId: 'tooluse_2', status: 'error', content: [{ text: 'No.' }] } },
        { toolResult: { toolUseId: 'tooluse_3', status: 'success', content: [] } },
      ),
    ) as unknown as JsonObject[]
    const [called, , invalid] = (messages[1] as { content: { toolUse: JsonObject }[] }).content
    const results = (messages[2] as { content: { toolResult: JsonObject }[] }).content
    const id = called?.toolUse.toolUseId
    expect(id).toMatch(/^tooluse_[0-9a-f]{32}$/)
    expect(invalid?.toolUse).toEqual({
      toolUseId: 'tooluse_3',
      name: 'INVALID_TOOL_NAME',
      input: { invalid_arguments: '{oops' },
    })
    expect(results.map(({ toolResult }) => toolResult)).toEqual([
      {
        toolUseId: id,
        content: [
          { json: { a: 1 } },
          { text: '[1,2]' },
          { image: { format: 'png', source: { bytes: Buffer.from(pixel, 'base64') } } },
        ],
      },
      { toolUseId: 'tooluse_2', content: [{ text: 'No.' }], status: 'error' },
      { toolUseId: 'tooluse_3', content: [{ text: '[no output]' }] },
    ])
  })

  test('the status is kept from families that refuse it', () => {
    const messages = [
      user({ text: 'a' }),
      assistant({ toolUse: { toolUseId: 't', name: 'lookup', input: {} } }),
      user({ toolResult: { toolUseId: 't', status: 'error', content: [{ text: 'No.' }] } }),
    ]
    expect(JSON.stringify(input({ messages }, {}, llama))).not.toContain('"status"')
  })

  test('only signed thoughts go back', () => {
    const [, answer] = sent(
      user({ text: 'a' }),
      assistant(
        { reasoningContent: { reasoningText: { text: 'Hm' } } },
        { reasoningContent: { reasoningText: { text: 'Aha', signature: 'c2ln' } } },
        { text: 'Yes.' },
      ),
      user({ text: 'b' }),
    )
    expect(answer?.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'Aha', signature: 'c2ln' } } },
      { text: 'Yes.' },
    ])
  })

  test('documents have names that Converse takes, and some text beside them', () => {
    const document = (name: string) => ({
      document: { format: 'pdf' as const, name, source: { bytes: 'JVBERg==' } },
    })
    const point = { cachePoint: { type: 'default' as const } }
    const [first, , second] = sent(
      user(document('report  2024/05.pdf'), document('report 2024-05-pdf'), point),
      assistant({ text: 'Read.' }),
      user(document('Übersicht.pdf'), { text: 'And this?' }),
    ) as unknown as { content: JsonObject[] }[]
    expect(first?.content).toEqual([
      {
        document: {
          format: 'pdf',
          name: 'report 2024-05-pdf',
          source: { bytes: Buffer.from('%PDF') },
        },
      },
      expect.objectContaining({
        document: expect.objectContaining({ name: 'report 2024-05-pdf (2)' }),
      }),
      { text: '.' },
      point,
    ])
    expect(second?.content[0]).toMatchObject({ document: { name: 'Übersicht-pdf' } })
  })

  test('addresses: s3 and data are taken, the web is not', () => {
    const image = (url: string) => ({ image: { format: 'png' as const, source: { url } } })
    const [message] = sent(
      user(image('s3://bucket/a.png'), image(`data:image/png;base64,${pixel}`), { text: '?' }),
    ) as unknown as { content: JsonObject[] }[]
    expect(message?.content.slice(0, 2)).toEqual([
      { image: { format: 'png', source: { s3Location: { uri: 's3://bucket/a.png' } } } },
      { image: { format: 'png', source: { bytes: Buffer.from(pixel, 'base64') } } },
    ])
    expect(() => sent(user(image('https://example.com/a.png')))).toThrow(/fetches no image/)
  })
})

describe('tools', () => {
  const tools = [spec]

  test('an empty description becomes the name', () => {
    const made = input({ tools: [{ ...spec, description: '' }] })
    expect(made.toolConfig).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'lookup',
            description: 'lookup',
            inputSchema: { json: { type: 'object', properties: {} } },
          },
        },
      ],
    })
  })

  test.each([
    [{ type: 'auto' } as const, { auto: {} }],
    [{ type: 'any' } as const, { any: {} }],
    [{ type: 'tool', name: 'lookup' } as const, { tool: { name: 'lookup' } }],
  ])('the choice %j', (toolChoice, expected) => {
    expect(input({ tools, toolChoice }).toolConfig).toMatchObject({ toolChoice: expected })
  })

  test.each<[JsonObject | string, JsonObject]>([
    ['auto', { auto: {} }],
    ['required', { any: {} }],
    [{ type: 'function', function: { name: 'lookup' } }, { tool: { name: 'lookup' } }],
    [{ type: 'tool', name: 'lookup' }, { tool: { name: 'lookup' } }],
    [{ any: {} }, { any: {} }],
  ])('the parameter tool_choice %j', (tool_choice, expected) => {
    expect(input({ tools }, { tool_choice }).toolConfig).toMatchObject({ toolChoice: expected })
  })

  test('tool_choice none offers none', () => {
    expect(input({ tools }, { tool_choice: 'none' })).not.toHaveProperty('toolConfig')
  })

  test('who thinks is not forced', () => {
    const params = { thinking: { type: 'enabled', budget_tokens: 1024 } }
    const made = input({ tools, toolChoice: { type: 'any' } }, params)
    expect(made.toolConfig).toMatchObject({ toolChoice: { auto: {} } })
  })

  test('a history with tool calls names their tools, even where none is offered any more', () => {
    const messages = [
      user({ text: 'a' }),
      assistant({ toolUse: { toolUseId: 't', name: 'lookup', input: {} } }),
      user({ toolResult: { toolUseId: 't', status: 'success', content: [{ text: 'x' }] } }),
    ]
    const { toolConfig } = input({ messages })
    expect(toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'lookup' } }] })
    expect(toolConfig).not.toHaveProperty('toolChoice')
  })

  test('schemas: Claude takes them as they are, Nova with nothing but the plain', () => {
    const inputSchema: JsonObject = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { node: { $ref: '#/$defs/node' } },
      required: ['node'],
      additionalProperties: false,
      $defs: {
        node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } },
      },
    }
    const { $schema: _, ...plain } = inputSchema
    const schema = (model?: string) =>
      prepared({ tools: [{ ...spec, inputSchema }] }, {}, model).input.toolConfig?.tools?.[0]
        ?.toolSpec?.inputSchema?.json
    expect(schema()).toEqual(plain)
    expect(schema(nova)).toEqual({
      type: 'object',
      properties: { node: { type: 'object', properties: { next: { type: 'object' } } } },
      required: ['node'],
    })
    expect(schema(llama)).toMatchObject({ additionalProperties: false })
  })
})

describe('a schema whose references are written out', () => {
  const levels = 22
  const forks: JsonObject = { [`d${levels}`]: { type: 'string' } }
  const chain: JsonObject = { ...forks }
  for (let level = 0; level < levels; level++) {
    const $ref = `#/$defs/d${level + 1}`
    forks[`d${level}`] = { type: 'object', properties: { a: { $ref }, b: { $ref } } }
    chain[`d${level}`] = { type: 'object', properties: { a: { $ref } } }
  }
  const root = { type: 'object', properties: { d: { $ref: '#/$defs/d0' } } }
  const many = (length: number, item: JsonObject) =>
    Object.fromEntries(Array.from({ length }, (_, at) => [`p${at}`, item]))
  const tower = (length: number): JsonObject =>
    Object.fromEntries(
      Array.from({ length }, (_, at) => [`d${at}`, { allOf: [{ $ref: `#/$defs/d${at + 1}` }] }]),
    )

  test.each<[string, JsonObject, RegExp]>([
    ['fork', { ...root, $defs: forks }, /us\.amazon\.nova.*of lookup is too large/],
    [
      'repeat a long text',
      {
        type: 'object',
        properties: many(100, { $ref: '#/$defs/long' }),
        $defs: { long: { type: 'string', description: 'x'.repeat(100_000) } },
      },
      /too large/,
    ],
    ['lead on and on', { ...root, $defs: tower(500) }, /nested deeper than 200 levels/],
  ])('is refused where they %s', (_, inputSchema, message) => {
    const startedAt = performance.now()
    expect(() => prepared({ tools: [{ ...spec, inputSchema }] }, {}, nova)).toThrow(
      expect.objectContaining({ code: 'invalidRequest', message: expect.stringMatching(message) }),
    )
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(() => prepared({ tools: [{ ...spec, inputSchema }] })).not.toThrow()
  })

  test('is not measured where it has none', () => {
    const inputSchema = { type: 'object', properties: many(20_000, { type: 'string' }) }
    expect(() => prepared({ tools: [{ ...spec, inputSchema }] }, {}, nova)).not.toThrow()
  })

  test('may refer deep where they do not fork, and to nothing', () => {
    const schema = (inputSchema: JsonObject) =>
      prepared({ tools: [{ ...spec, inputSchema }] }, {}, llama).input.toolConfig?.tools?.[0]
        ?.toolSpec?.inputSchema?.json
    expect(JSON.stringify(schema({ ...root, $defs: chain }))).toContain('"a":{"type":"string"}')
    for (const $ref of ['#/$defs/%', '#/$defs/none', '#/$defs/constructor', 'other.json'])
      expect(schema({ type: 'object', properties: { a: { $ref } }, $defs: {} })).toEqual({
        type: 'object',
        properties: { a: { type: 'object' } },
      })
  })
})

describe('parameters', () => {
  test('go where Converse takes them', () => {
    const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1' }
    const made = input(
      {},
      {
        max_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        stop: 'END',
        top_k: 5,
        guardrailConfig,
        service_tier: 'auto',
        stream_options: {},
        extra_body: { anthropic_beta: ['x'] },
      },
    )
    expect(made).toMatchObject({
      inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
      guardrailConfig,
      serviceTier: { type: 'default' },
      additionalModelRequestFields: { top_k: 5, anthropic_beta: ['x'] },
    })
    expect(input({}, { max_completion_tokens: 7, stop: ['a', 'b'] }).inferenceConfig).toEqual({
      maxTokens: 7,
      stopSequences: ['a', 'b'],
    })
  })

  test.each([
    [
      'amazon.nova-2-lite-v1:0',
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    ],
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'medium' }],
  ])('reasoning_effort for %s', (model, expected) => {
    const made = input({}, { reasoning_effort: 'medium' }, model)
    expect(made.additionalModelRequestFields).toEqual(expected)
  })

  test('thinking asks for the count of thought tokens', () => {
    const made = input({}, { thinking: { type: 'enabled', budget_tokens: 1024 } })
    expect(made.additionalModelResponseFieldPaths).toEqual(['/usage/output_tokens_details'])
  })

  test('top_k for Nova', () => {
    expect(input({}, { top_k: 5 }, nova).additionalModelRequestFields).toEqual({
      inferenceConfig: { topK: 5 },
    })
  })

  test('one tool at a time, where the model has a switch for it', () => {
    const params = { parallel_tool_calls: false }
    const later = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
    const tools = [spec]
    const free = prepared({ tools }, params, later)
    expect(free.input.additionalModelRequestFields).toEqual({
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    const forced = prepared({ tools, toolChoice: { type: 'any' } }, params, later)
    expect(forced.input.additionalModelRequestFields).toEqual({
      tool_choice: { disable_parallel_tool_use: true },
    })
    const { notices, input: without } = prepared({ tools }, params, nova)
    expect(without).not.toHaveProperty('additionalModelRequestFields')
    expect(notices).toEqual([expect.stringContaining('parallel_tool_calls was not sent')])
  })

  test('a response format is a schema, or nothing', () => {
    const schema = { type: 'object' }
    const json_schema = { name: 'Book', schema }
    const made = input({}, { response_format: { type: 'json_schema', json_schema } })
    expect(made.outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'Book' } },
      },
    })
    const { notices } = prepared({}, { response_format: { type: 'json_object' } })
    expect(notices).toEqual([expect.stringContaining('response_format was not sent')])
  })
})
