import { afterAll, beforeAll, expect, test } from 'vitest'
import { Agent, LiteLLMModel, tool } from '../../src/index.js'
import { compileJsonSchema } from '../../src/schema/compile.js'
import type { JsonValue } from '../../src/util/json.js'
import { callOf } from '../helpers/conversation.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { ScriptedModel } from '../helpers/scripted-model.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())

async function accepts(schema: object, value: JsonValue): Promise<boolean> {
  const { validate } = await compileJsonSchema(schema)
  return (await validate(value)).ok
}

const object = (name: string, schema: object) => ({
  type: 'object',
  properties: { [name]: schema },
})

test.each([
  [0.01, 19.99, true],
  [0.01, 143.48, true],
  [0.01, 1.11, true],
  [0.1, 0.3, true],
  [0.01, 19.995, false],
  [1, 3, true],
  [1, 3.5, false],
  [5, 12, false],
])('agents F6: multipleOf %d and the value %d give %s', async (multipleOf, price, valid) => {
  expect(await accepts(object('price', { type: 'number', multipleOf }), { price })).toBe(valid)
})

test.each([
  ['date-time', '2024-01-01T10:00:00', true],
  ['date-time', '2024-01-01T10:00:00Z', true],
  ['time', '10:00:00', true],
  ['time', '10:00:00+01:00', true],
  ['time', '25:00:00', false],
  ['date-time', 'yesterday', false],
])('agents F11: the format %s and the value %s give %s', async (format, at, valid) => {
  expect(await accepts(object('at', { type: 'string', format }), { at })).toBe(valid)
})

test('agents F12: names that objects inherit are ordinary property names', async () => {
  expect(await accepts(object('constructor', { type: 'number' }), {})).toBe(true)
  expect(await accepts({ type: 'object', required: ['toString'] }, {})).toBe(false)
  expect(await accepts({ type: 'object', required: ['__proto__'] }, {})).toBe(false)
})

test.each(['\\A\\d+\\Z', '^[[:alpha:]]+$', '(?i)abc', '(?P<year>\\d{4})', '(?>a)'])(
  'agents F13: the pattern %s of another language is refused by name before any call',
  async (pattern) => {
    await expect(compileJsonSchema(object('a', { type: 'string', pattern }))).rejects.toMatchObject(
      {
        code: 'invalidRequest',
        message: expect.stringContaining(pattern),
        hint: expect.stringContaining('ECMAScript'),
      },
    )
  },
)

test.each(['^\\d{5}$', '^[a-z\\-]+$', '\\\\A', '^\\p{L}+$', '[\\w.]+@[\\w.]+'])(
  'agents F13: the pattern %s is accepted',
  async (pattern) => {
    await compileJsonSchema(object('a', { type: 'string', pattern }))
  },
)

const n = { n: { type: 'integer', minimum: 0, exclusiveMinimum: true } }
test.each<[string, object]>([
  ['without a type', { properties: { n: { type: 'integer', minimum: 1 } }, required: ['n'] }],
  ['with a list of types', { ...object('n', { type: 'integer', minimum: 1 }), type: ['object'] }],
  [
    'that may be null',
    { ...object('n', { type: 'integer', minimum: 1 }), type: ['object', 'null'] },
  ],
  [
    'of draft-04',
    { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', properties: n },
  ],
  ['with the boolean bounds of OpenAPI 3.0', { type: 'object', properties: n }],
  ['with an id', { id: 'https://x/y', ...object('n', { type: 'integer', minimum: 1 }) }],
  [
    'of no named draft',
    { $schema: 'http://json-schema.org/schema#', ...object('n', { type: 'integer', minimum: 1 }) },
  ],
  [
    'of the OpenAPI dialect',
    {
      $schema: 'https://spec.openapis.org/oas/3.1/dialect/base',
      ...object('n', { type: 'integer', minimum: 1 }),
    },
  ],
])('agents F14: a schema %s is accepted and validates', async (_, schema) => {
  expect(await accepts(schema, { n: 1 })).toBe(true)
  expect(await accepts(schema, { n: 0 })).toBe(false)
})

test('agents F14: a tuple as a list of items is accepted without $schema', async () => {
  const pair = object('pair', { type: 'array', items: [{ type: 'string' }, { type: 'number' }] })
  expect(await accepts(pair, { pair: ['a', 1] })).toBe(true)
  expect(await accepts(pair, { pair: ['a', 'b'] })).toBe(false)
})

test.each([
  [
    'an image',
    'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
    /vision/,
  ],
  ['audio', 'audio input is not supported', /audio/],
  ['tools', 'registry.ollama.ai/library/x does not support tools', /tool/],
])(
  'realmodel 5: a model that cannot take %s is refused at once with advice',
  async (_, message, hint) => {
    fake.reset()
    fake.script({ raw: { status: 500, body: { error: { message } } } })
    const model = new LiteLLMModel(
      {
        modelId: 'openai/local',
        clientArgs: { api_key: 'sk-test-0123456789', api_base: `${fake.url}/v1` },
      },
      { env: {} },
    )
    await expect(new Agent({ model }).invoke('Look.')).rejects.toMatchObject({
      code: 'invalidRequest',
      retryable: false,
      hint: expect.stringMatching(hint),
    })
    expect(fake.modelRequests).toHaveLength(1)
  },
)

test('agents F15: changing what approve is shown does not change what runs', async () => {
  const ran: unknown[] = []
  const pay = tool({
    name: 'pay',
    description: 'Pays.',
    inputSchema: { type: 'object', properties: { usd: { type: 'number' } } },
    handler: ({ usd }) => {
      ran.push(usd)
      return 'paid'
    },
  })
  const script = [callOf('pay', { usd: 5 }), 'Done.']
  const agent = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pay'] })
  await agent.invoke('Pay', {
    approve: ({ input }) => {
      input.usd = 5_000
      return { approved: true }
    },
  })
  expect(ran).toEqual([5])
  const silent = new Agent({ model: new ScriptedModel(script), tools: [pay], approval: ['pay'] })
  await expect(silent.invoke('Pay', { approve: (() => {}) as never })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('approve'),
  })
  expect(ran).toEqual([5])
})
