import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Agent, type Tool, tool } from '../../../src/index.js'
import { resolveRoute } from '../../../src/litellm/routes/route.js'
import { sentSchema } from '../../../src/litellm/wires/tool-schemas/sent-schema.js'
import type { JsonValue } from '../../../src/util/json.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { type MannerName, manners } from '../../helpers/fake-provider/manners/index.js'
import { modelAt } from './calling.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** A tool as an MCP server lists it, with its schema as it is. */
const listed = (name: string, inputSchema: JsonObject): Tool => ({
  spec: { name, description: 'A tool of an MCP server.', inputSchema },
  run: async () => 'done',
})

const text = { type: 'string' }
const object = (properties: JsonObject, more: JsonObject = {}) => ({
  type: 'object',
  properties,
  ...more,
})
const ab = { a: text, b: text }
const requires = (...names: string[]) => names.map((name) => ({ required: [name] }))

/** Schemas that MCP servers list, by what their reports are about. */
const schemas: Record<string, JsonObject> = {
  'tool-no-properties': { type: 'object' },
  'an empty schema': {},
  'properties that are null': { type: 'object', properties: null, required: null },
  'tool-top-anyof': object(ab, { anyOf: requires('a', 'b') }),
  'top-level oneOf of objects': {
    type: 'object',
    oneOf: [object({ kind: { const: 'x' }, a: text }), object({ kind: { const: 'y' }, b: text })],
  },
  'top-level allOf': {
    allOf: [object({ a: text }, { required: ['a'] }), { $ref: '#/$defs/B' }],
    $defs: { B: object({ b: text }) },
  },
  'top-level if and then': object(
    { a: text },
    JSON.parse(
      '{"if":{"required":["a"]},"then":{"properties":{"b":{"type":"string"}},"required":["b"]}}',
    ),
  ),
  'top-level not and enum': object(ab, { not: { required: ['a', 'b'] }, enum: [{}] }),
  'a root without a type': { anyOf: [object({ a: text }), object({ b: text })] },
  'a root that may be null': { type: ['object', 'null'], properties: ab },
  'a root reference': {
    $ref: '#/definitions/A',
    definitions: { A: object({ a: text, next: { $ref: '#/definitions/A' } }) },
  },
  references: object(
    { a: { $ref: '#/$defs/A', description: 'One.' }, b: { $ref: '#/definitions/B' } },
    { $defs: { A: text }, definitions: { B: object({ c: { type: 'integer' } }) } },
  ),
  'a list without items': object({ a: { type: 'array' }, b: { type: ['string', 'array'] } }),
  'a nested list without items': object({
    a: object({ b: { type: 'array', items: { type: 'array' } } }),
  }),
  'a tuple in items': object({
    a: { type: 'array', items: [{ type: 'number' }, { type: 'number' }], minItems: 2, maxItems: 2 },
  }),
  'a tuple in prefixItems': object({
    a: { type: 'array', prefixItems: [text, { type: 'number' }], items: false },
  }),
  'bounds of draft-04': object(
    {
      a: {
        type: 'number',
        minimum: 0,
        exclusiveMinimum: true,
        maximum: 9,
        exclusiveMaximum: false,
      },
    },
    { $schema: 'http://json-schema.org/draft-04/schema#' },
  ),
  'a type that does not exist': object({ a: { type: 'any' }, b: { type: 'String' } }),
  'required as a boolean': object({ a: { type: 'string', required: true } }),
  'boolean schemas': object({ a: true, b: { type: 'array', items: true } }),
  'several types': object({
    a: { type: ['string', 'null'] },
    b: { type: ['string', 'number', 'array', 'null'] },
  }),
  'a type next to anyOf': object({
    a: { type: 'string', anyOf: [{ const: 'x' }, { enum: ['y', 'z'] }] },
    b: { anyOf: [{ not: {} }, text] },
  }),
  'anyOf of requirements': object({ a: object(ab, { anyOf: requires('a', 'b') }) }),
  'an optional union': object({
    a: { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null },
  }),
  'values that are no text': object({
    a: { type: 'integer', enum: [1, 2] },
    b: { enum: ['x', 1, null] },
    c: { const: true },
    d: { enum: ['', 'x'] },
  }),
  'keywords that few know': object(
    {
      a: { type: 'string', format: 'uri', examples: ['x'], 'x-order': 1 },
      b: {
        type: 'object',
        additionalProperties: { type: 'string' },
        patternProperties: { '^x': text },
      },
    },
    { $id: 'x', additionalProperties: false, $comment: 'c' },
  ),
  'a name that is required and missing': object({ a: text }, { required: ['a', 'c', 'a'] }),
  'free objects and values': object({
    a: {},
    b: { type: 'object' },
    c: { description: 'Anything.' },
  }),
}

const providers: [MannerName, string][] = [
  ['openai', 'openai/gpt-4.1'],
  ['openai', 'azure/gpt-4.1'],
  ['openai', 'groq/llama-3.3-70b-versatile'],
  ['openai', 'openrouter/openai/gpt-4.1'],
  ['openai', 'litellm_proxy/any-alias'],
  ['openai', 'openai/responses/gpt-4.1'],
  ['mistral', 'mistral/mistral-large-latest'],
  ['anthropic', 'anthropic/claude-sonnet-4-6'],
  ['moonshot', 'moonshot/kimi-k2.5'],
  ['moonshot', 'openrouter/moonshotai/kimi-k2.5'],
  ['fireworks', 'fireworks_ai/kimi-k2-thinking'],
  ['fireworks', 'fireworks_ai/deepseek-v3p1'],
]

describe.each(providers)('wires: the manners of %s at %s', (manner, modelId) => {
  test.each(Object.keys(schemas))('accept a tool with %s', async (name) => {
    fake.manners = manner
    fake.script({ text: 'ok' })
    const tools = [listed('attach', schemas[name] as JsonObject)]
    const model = modelAt(fake, modelId)
    const result = await new Agent({ model, tools }).invoke('Go')
    expect(result.text).toBe('ok')
    expect(fake.modelRequests).toHaveLength(1)
  })
})

test.each(Object.keys(schemas))("wires: Google's own Schema accepts a tool with %s", (name) => {
  const route = resolveRoute(
    {
      modelId: 'gemini/gemini-3-pro',
      clientArgs: { api_key: 'k', api_base: 'http://h/v1beta/openai' },
    },
    {},
  )
  const inputSchema = sentSchema(schemas[name] as JsonValue as never, route, 'attach')
  const tools = [{ name: 'attach', description: '', inputSchema }]
  expect(manners.gemini.refuse({ tools } as never)).toBeNull()
})

describe.each([
  'bedrock/us.amazon.nova-pro-v1:0',
  'bedrock/us.anthropic.claude-sonnet-4-5',
  'bedrock/mistral.m',
])('wires: the schemas of %s', (modelId) => {
  test.each(Object.keys(schemas))('have an object root with %s', async (name) => {
    fake.script({ text: 'ok' })
    const tools = [listed('attach', schemas[name] as JsonObject)]
    await new Agent({ model: modelAt(fake, modelId), tools }).invoke('Go')
    const json = fake.modelRequests[0]?.body.toolConfig.tools[0].toolSpec.inputSchema.json
    expect(json).toMatchObject({ type: 'object', properties: expect.any(Object) })
    for (const key of ['anyOf', 'oneOf', 'allOf', '$ref']) expect(json).not.toHaveProperty(key)
    if (!modelId.includes('claude')) expect(JSON.stringify(json)).not.toContain('$ref')
  })
})

const sent = (schema: JsonObject, modelId: string) =>
  sentSchema(schema as never, resolveRoute({ modelId, clientArgs: { api_key: 'k' } }, {}), 'attach')

describe('wires: what a schema says is kept', () => {
  test('a schema that the provider accepts is sent byte for byte', () => {
    const schema = object(
      {
        z: { type: 'array', items: { $ref: '#/$defs/Z' } },
        a: { type: ['string', 'null'], default: null },
      },
      { required: ['z'], additionalProperties: false, $defs: { Z: { enum: ['x', 1] } } },
    )
    for (const modelId of ['openai/gpt-4.1', 'anthropic/claude-sonnet-4-6'])
      expect(JSON.stringify(sent(schema, modelId))).toBe(JSON.stringify(schema))
  })

  test('branches at the root become properties, and their requirements are described', () => {
    const schema = object(ab, { description: 'Attaches.', anyOf: requires('a', 'b') })
    expect(sent(schema, 'openai/gpt-4.1')).toEqual(
      object(ab, { description: 'Attaches. Required: a, or b.' }),
    )
  })

  test('what every branch requires stays required', () => {
    const branch = (name: string) =>
      object({ kind: text, [name]: text }, { required: ['kind', name] })
    expect(sent({ oneOf: [branch('a'), branch('b')] }, 'openai/gpt-4.1')).toMatchObject({
      properties: { kind: text, a: text, b: text },
      required: ['kind'],
    })
  })

  test('constraints that a provider does not know are described', () => {
    const schema = object({
      a: { type: 'integer', description: 'Even.', multipleOf: 2, default: 4 },
    })
    expect(sent(schema, 'moonshot/kimi-k2.5')).toEqual(
      object({ a: { type: 'integer', description: 'Even. (multipleOf: 2)', default: 4 } }),
    )
  })

  test('the original schema validates the arguments', async () => {
    const attach = tool({
      name: 'attach',
      description: 'Attaches.',
      inputSchema: object({ a: { type: 'integer', multipleOf: 2 } }, { required: ['a'] }),
      handler: async () => 'done',
    })
    fake.script({ toolCalls: [{ name: 'attach', arguments: { a: 3 } }] }, { text: 'ok' })
    await new Agent({ model: modelAt(fake, 'moonshot/kimi-k2.5'), tools: [attach] }).invoke('Go')
    expect(fake.modelRequests[1]?.body.messages.at(-1).content).toContain('multiple')
  })
})
