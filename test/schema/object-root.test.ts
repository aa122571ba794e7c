import { expect, test } from 'vitest'
import { compileJsonSchema } from '../../src/schema/compile.js'

const A = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
const B = { type: 'object', properties: { s: { type: 'string' } }, required: ['s'] }

async function sentAs(schema: object) {
  const { jsonSchema, validate } = await compileJsonSchema(schema)
  return { jsonSchema, validate }
}

test('agents F4: a root $ref is sent as the object it points to, with its definitions', async () => {
  const node = { ...A, properties: { n: { type: 'integer' }, next: { $ref: '#/$defs/A' } } }
  const { jsonSchema, validate } = await sentAs({ $ref: '#/$defs/A', $defs: { A: node } })
  expect(jsonSchema).toMatchObject({ type: 'object', required: ['n'], $defs: { A: node } })
  expect(jsonSchema).not.toHaveProperty('$ref')
  expect(await validate({ n: 1, next: { n: 2 } })).toMatchObject({ ok: true })
})

test.each([
  ['anyOf', { anyOf: [A, B] }],
  ['oneOf with a discriminator', { oneOf: [{ $ref: '#/$defs/A' }, B], $defs: { A } }],
  ['an object with anyOf', { type: 'object', properties: { n: {} }, anyOf: [A, B] }],
])(
  'agents F4: a root %s is sent as one property, and the answer is unwrapped',
  async (_, schema) => {
    const { jsonSchema, validate } = await sentAs(schema)
    expect(jsonSchema).toMatchObject({ type: 'object', required: ['value'] })
    for (const keyword of ['anyOf', 'oneOf', 'allOf', '$ref'])
      expect(jsonSchema).not.toHaveProperty(keyword)
    expect(await validate({ value: { n: 1 } })).toEqual({ ok: true, value: { n: 1 } })
    expect(await validate({ n: 1 })).toEqual({ ok: true, value: { n: 1 } })
    expect(await validate({ value: { n: 'x' } })).toMatchObject({ ok: false })
  },
)

test('agents F4: a root allOf of plain objects is merged', async () => {
  const { jsonSchema, validate } = await sentAs({ allOf: [{ $ref: '#/$defs/A' }, B], $defs: { A } })
  expect(jsonSchema).toMatchObject({
    type: 'object',
    properties: { n: { type: 'integer' }, s: { type: 'string' } },
    required: ['n', 's'],
  })
  expect(jsonSchema).not.toHaveProperty('allOf')
  expect(await validate({ n: 1, s: 'x' })).toMatchObject({ ok: true })
  expect(await validate({ n: 1 })).toMatchObject({ ok: false })
})

test('agents F4: references to the root of a wrapped union point into the wrapper', async () => {
  const tree = {
    anyOf: [{ ...A, properties: { n: { type: 'integer' }, more: { $ref: '#' } } }, B],
  }
  const { jsonSchema, validate } = await sentAs(tree)
  expect(JSON.stringify(jsonSchema)).toContain('"$ref":"#/properties/value"')
  expect(await validate({ value: { n: 1, more: { s: 'x' } } })).toMatchObject({ ok: true })
})
