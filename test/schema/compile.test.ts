import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compileJsonSchema, compileSchema, type SchemaOptions } from '../../src/schema/compile.js'
import type { JsonObject, JsonValue } from '../../src/util/json.js'

const person = {
  title: 'Person',
  description: 'A person.',
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    role: { type: 'string', enum: ['admin', 'user'], default: 'user' },
    address: { $ref: '#/$defs/Address' },
    zip: { anyOf: [{ type: 'string', pattern: '^\\d{5}$' }, { type: 'null' }], default: null },
  },
  required: ['name', 'address'],
  $defs: {
    Address: {
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
      required: ['street', 'city'],
      additionalProperties: false,
    },
  },
}
const address = { street: 'Main 1', city: 'London' }

async function check(schema: unknown, value: JsonValue, options?: SchemaOptions) {
  const compiled = await compileJsonSchema(schema, options)
  return compiled.validate(value)
}

async function issues(schema: unknown, value: JsonValue) {
  const validation = await check(schema, value)
  return validation.ok
    ? []
    : validation.issues.map(({ path, message }) => `${path}: ${message}`.trim())
}

function refusal(schema: unknown): Promise<unknown> {
  return compileJsonSchema(schema).then(
    () => 'accepted',
    (error: unknown) => error,
  )
}

test('a JSON Schema is kept as given, named by its title, and fills in defaults on a copy', async () => {
  const compiled = await compileJsonSchema(person)
  expect(compiled).toMatchObject({ name: 'Person', description: 'A person.', jsonSchema: person })
  const given = { name: 'Ada', address }
  const value = { name: 'Ada', address, role: 'user', zip: null }
  expect(await compiled.validate(given)).toEqual({ ok: true, value })
  expect(given).toEqual({ name: 'Ada', address })
})

test('schema names are converted to valid tool names and have a default', async () => {
  const schema = { type: 'object', properties: {} }
  const named = (options?: SchemaOptions, more = {}) =>
    compileJsonSchema({ ...schema, ...more }, options)
  expect(await named()).toMatchObject({
    name: 'StructuredOutput',
    description: 'StructuredOutput structured output tool',
  })
  expect((await named({}, { title: 'Book analysis!' })).name).toBe('Book_analysis')
  expect((await named({}, { title: '…' })).name).toBe('StructuredOutput')
  expect(await named({ name: 'mine', description: 'What I want.' })).toMatchObject({
    name: 'mine',
    description: 'What I want.',
  })
})

test('validation issues name the place and what is expected', async () => {
  const wrong = {
    name: '',
    age: 200,
    role: 'guest',
    zip: 'x',
    address: { street: 1, planet: 'Earth' },
  }
  expect(await issues(person, wrong)).toEqual([
    'name: must NOT have fewer than 1 characters',
    'age: must be <= 150',
    'role: must be one of "admin", "user"',
    'address -> city: is required',
    'address -> planet: is not allowed here',
    'address -> street: must be string',
    'zip: must match pattern "^\\d{5}$" or must be null',
  ])
  expect(await issues(person, [])).toEqual([': must be object'])
})

test('at most 20 validation issues are listed', async () => {
  const schema = {
    type: 'object',
    properties: { list: { type: 'array', items: { type: 'string' } } },
  }
  const found = await issues(schema, { list: Array.from({ length: 50 }, () => 1) })
  expect(found).toHaveLength(21)
  expect(found.at(-1)).toBe(': there are 30 more errors')
})

test('recursive schemas, a root $ref, 2019-09 and draft-07 validate', async () => {
  const tree = {
    $ref: '#/$defs/Node',
    $defs: {
      Node: {
        type: 'object',
        properties: { children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
        required: ['children'],
      },
    },
  }
  expect(await issues(tree, { children: [{ children: [] }, {}] })).toEqual([
    'children -> 1 -> children: is required',
  ])
  const tuple = (more: object) => ({
    ...more,
    type: 'object',
    definitions: { pair: { type: 'array', items: [{ type: 'string' }, { type: 'number' }] } },
    properties: { pair: { $ref: '#/definitions/pair' } },
  })
  const draft07 = tuple({ $schema: 'http://json-schema.org/draft-07/schema#' })
  expect(await issues(draft07, { pair: ['a', 'b'] })).toEqual(['pair -> 1: must be number'])
  const draft2019 = tuple({ $schema: 'https://json-schema.org/draft/2019-09/schema' })
  expect(await issues(draft2019, { pair: [1] })).toEqual(['pair -> 0: must be string'])
})

test('a schema that refers to itself without end is reported as not checkable', async () => {
  const endless = { type: 'object', allOf: [{ $ref: '#' }] }
  expect(await issues(endless, {})).toEqual([
    ': cannot be checked: the schema refers to itself without end',
  ])
})

test('two schemas with the same $id do not conflict', async () => {
  const schema = (type: string) => ({
    $id: 'https://example.com/x',
    type: 'object',
    properties: { x: { type } },
  })
  expect(await issues(schema('string'), { x: 1 })).toEqual(['x: must be string'])
  expect(await issues(schema('number'), { x: 1 })).toEqual([])
  const impostor = { ...schema('number'), $id: 'https://json-schema.org/draft/2020-12/schema' }
  expect(await issues(impostor, { x: 'a' })).toEqual(['x: must be number'])
  expect(await issues(person, { name: 'Ada', address })).toEqual([])
})

test.each([
  ['undefined', undefined, 'its root does not describe an object'],
  ['text', 'a schema', 'its root does not describe an object'],
  ['a string type', { type: 'string' }, 'its root does not describe an object'],
  ['empty', {}, 'its root does not describe an object'],
  [
    'of an unknown type',
    { type: 'object', properties: { a: { type: 'text' } } },
    'properties -> a',
  ],
  ['invalid at a keyword', { type: 'object', required: 'a' }, 'at required: must be array'],
  ['text in a property', { type: 'object', properties: { a: 'b' } }, 'at properties -> a'],
  [
    'given a bad pattern',
    { type: 'object', properties: { a: { pattern: '(' } } },
    'Unterminated group',
  ],
  [
    'given a missing $ref',
    { type: 'object', properties: { a: { $ref: '#/$defs/A' } } },
    "can't resolve reference #/$defs/A",
  ],
  [
    'given a remote $ref',
    { type: 'object', properties: { a: { $ref: 'https://example.com/a.json' } } },
    "can't resolve reference https://example.com/a.json",
  ],
  [
    'of an unknown draft',
    { $schema: 'https://example.com/draft/schema', type: 'object' },
    'is not supported',
  ],
  ['asynchronous', { $async: true, type: 'object' }, '"$async" is not supported'],
  ['too large', { type: 'object', description: 'x'.repeat(300_000) }, 'KB long'],
  ['too deep', deep(100), 'nested deeper than 64 levels'],
])('a schema that is %s is an invalidRequest error', async (_, schema, message) => {
  const error = await refusal(schema)
  expect(error).toMatchObject({ code: 'invalidRequest', message: expect.stringContaining(message) })
})

function deep(levels: number): object {
  return levels === 0 ? { type: 'object' } : { type: 'object', properties: { a: deep(levels - 1) } }
}

describe('a schema that would block the process', () => {
  const evil = { type: 'string', pattern: '^(a+)+$' }
  const text = `${'a'.repeat(40)}b`
  /** Each level refers twice to the level below. */
  const towers: JsonObject = { level0: { type: 'object' } }
  for (let level = 1; level <= 50; level++) {
    const below = { $ref: `#/$defs/level${level - 1}` }
    towers[`level${level}`] = { allOf: [below, below] }
  }
  const tower = { $defs: towers, properties: { a: { $ref: '#/$defs/level50' } } }

  test.each<[string, JsonObject, JsonValue]>([
    ['a pattern', { properties: { a: evil } }, text],
    ['a pattern on many strings', { properties: { a: { items: evil } } }, Array(50).fill(text)],
    ['nested references', tower, {}],
  ])('%s is stopped, and the unchecked value is invalid', async (_, parts, a) => {
    const startedAt = performance.now()
    expect(await issues({ type: 'object', ...parts }, { a })).toEqual([
      expect.stringContaining('cannot be checked within 500 ms'),
    ])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  test('references are not inlined', async () => {
    const many = (count: number, item: object) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, item]))
    const large = { type: 'object', properties: many(100, { type: 'string' }) }
    const properties = many(500, { $ref: '#/$defs/large' })
    const schema = { type: 'object', $defs: { large }, properties }
    expect(await issues(schema, { p499: { p99: 1 } })).toEqual(['p499 -> p99: must be string'])
  })
})

test('a root of branching references does not block the process', async () => {
  const $defs: JsonObject = { d8: { type: 'string' } }
  for (let level = 0; level < 8; level++)
    $defs[`d${level}`] = { allOf: Array(30).fill({ $ref: `#/$defs/d${level + 1}` }) }
  await expect(compileJsonSchema({ $defs, allOf: [{ $ref: '#/$defs/d0' }] })).rejects.toThrow(
    'its root does not describe an object',
  )
})

test('a schema is compiled once', async () => {
  await compileJsonSchema(person)
  const startedAt = performance.now()
  for (let index = 0; index < 100; index++) await compileJsonSchema({ ...person })
  expect((performance.now() - startedAt) / 100).toBeLessThan(1)
})

test('zod schemas describe themselves, validate, transform and report issues', async () => {
  const Book = z
    .object({
      title: z.string(),
      rating: z.number().int().min(1).max(10),
      tags: z.array(z.string()).default([]),
      published: z.iso.date().transform((text) => new Date(text)),
    })
    .meta({ title: 'Book', description: 'A book.' })
  const compiled = await compileSchema(Book)
  expect(compiled).toMatchObject({
    name: 'Book',
    description: 'A book.',
    jsonSchema: { type: 'object', required: ['title', 'rating', 'published'] },
  })
  expect(compiled.jsonSchema).not.toHaveProperty('$schema')
  expect(await compiled.validate({ title: 'T', rating: 9, published: '2026-01-01' })).toEqual({
    ok: true,
    value: { title: 'T', rating: 9, tags: [], published: new Date('2026-01-01') },
  })
  expect(
    await compiled.validate({ title: 'T', rating: 42, published: '2026-01-01', tags: [1] }),
  ).toEqual({
    ok: false,
    issues: [
      { path: 'rating', message: 'Too big: expected number to be <=10' },
      { path: 'tags -> 0', message: 'Invalid input: expected string, received number' },
    ],
  })
})

test('a schema object that cannot be written as JSON Schema is a configuration error', async () => {
  const old = { '~standard': { version: 1, vendor: 'zod', validate: () => ({ value: 1 }) } }
  await expect(compileSchema(old)).rejects.toMatchObject({
    code: 'configuration',
    hint: expect.stringContaining('zod 4.2'),
  })
  await expect(compileSchema(z.object({ at: z.date() }))).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('Date cannot be represented'),
  })
  await expect(compileSchema(z.string())).rejects.toMatchObject({ code: 'invalidRequest' })
})
