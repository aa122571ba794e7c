import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { callStream, modelAt, notingTools, run } from './calling.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const add = (args: unknown, more: JsonObject = {}) => ({
  index: 0,
  ...more,
  function: { name: 'add', arguments: args },
})
const more = (args: unknown, more: JsonObject = {}) => ({
  index: 0,
  ...more,
  function: { arguments: args },
})
const three = '{"a":1,"b":2}'
const seven = '{"a":3,"b":4}'
const one = ['add 1 2']

/** Reports by name: the pieces that arrive, and the runs that they ask for. */
const cases: [string, JsonObject[], string[]][] = [
  ['args-double-encoded', [add(JSON.stringify(three), { id: 'c1' })], one],
  ['args-double-encoded in pieces', [add('"{\\"a\\":1,', { id: 'c1' }), more('\\"b\\":2}"')], one],
  [
    'args-null-string',
    [{ index: 0, id: 'c1', function: { name: 'now', arguments: 'null' } }],
    ['now'],
  ],
  ['args-null', [{ index: 0, id: 'c1', function: { name: 'now', arguments: null } }], ['now']],
  [
    'double-encoded-empty',
    [{ index: 0, id: 'c1', function: { name: 'now', arguments: '""' } }],
    ['now'],
  ],
  ['args-null-then-pieces', [add(null, { id: 'c1' }), more('{"a":1,'), more('"b":2}')], one],
  ['args-braces-then-real', [add('{}', { id: 'c1' }), more(three)], one],
  ['braces after the arguments', [add(three, { id: 'c1' }), more('{}')], one],
  [
    'full-args-repeated-last',
    [add('', { id: 'c1' }), more('{"a":1,'), more('"b":2}'), more(three)],
    one,
  ],
  [
    'full arguments repeated with other spaces',
    [add('{"a": 1, "b": 2}', { id: 'c1' }), more(three)],
    one,
  ],
  [
    'final-full-repeat',
    [add('{"a":1,', { id: 'c1' }), more('"b":2}'), add(three, { id: 'c1' })],
    one,
  ],
  [
    'a whole call repeated at another index',
    [add(three, { id: 'c1' }), add(three, { id: 'c1', index: 1 })],
    one,
  ],
  ['cumulative pieces', [add('{"a":', { id: 'c1' }), more('{"a":1,"b"'), more(three)], one],
  ['id-changes-each-chunk', [add('{"a":1,', { id: 'x1' }), more('"b":2}', { id: 'x2' })], one],
  [
    'poolside-id-changes',
    [add('', { id: 'aaa' }), more('{"a":1,', { id: 'bbb' }), more('"b":2}', { id: 'bbb' })],
    one,
  ],
  [
    'the id changes and the name is repeated',
    [add('{"a":1,', { id: 'x1' }), add('"b":2}', { id: 'x2' })],
    one,
  ],
  [
    'the id changes without an index',
    [
      { id: 'x1', function: { name: 'add', arguments: '{"a":1,' } },
      { id: 'x2', function: { arguments: '"b":2}' } },
    ],
    one,
  ],
  [
    'name-repeated-each',
    [add('', { id: 'c1' }), add('{"a":1,', { id: 'c1' }), add('"b":2}', { id: 'c1' })],
    one,
  ],
  ['index-string', [add('{"a":1,', { id: 'c1', index: '0' }), more('"b":2}', { index: '0' })], one],
  ['args-object', [add({ a: 1, b: 2 }, { id: 'c1' })], one],
  ['calls joined in one text', [add(`${three}${seven}`, { id: 'c1' })], ['add 1 2', 'add 3 4']],
  [
    'joined calls with an empty one',
    [add(`{}${three}\n${seven}${three}`, { id: 'c1' })],
    ['add 1 2', 'add 3 4'],
  ],
  [
    'all-index-0-parallel',
    [add(three, { id: 'c1' }), add(seven, { id: 'c2' })],
    ['add 1 2', 'add 3 4'],
  ],
  [
    'one id for different calls',
    [add(three, { id: 'c' }), add(seven, { id: 'c', index: 1 })],
    ['add 1 2', 'add 3 4'],
  ],
  [
    'equal calls with ids of their own',
    [add(three, { id: 'c1' }), add(three, { id: 'c2', index: 1 })],
    ['add 1 2', 'add 1 2'],
  ],
]

test.each(cases)(
  'wires %s: the call runs as it is meant, and only once',
  async (_, pieces, runs) => {
    const tools = notingTools()
    fake.script(callStream(...pieces), { text: 'ok' })
    const { result } = await run(modelAt(fake, 'hosted_vllm/m'), [tools.add, tools.now])
    expect(result.text).toBe('ok')
    expect(tools.runs).toEqual(runs)
    const sent: JsonObject[] = fake.modelRequests[1]?.body.messages
    const ids = sent.flatMap((message) =>
      (message.tool_calls ?? []).map(({ id }: JsonObject) => id),
    )
    expect(new Set(ids).size).toBe(runs.length)
    expect(
      sent.filter(({ role }) => role === 'tool').map(({ tool_call_id }) => tool_call_id),
    ).toEqual(ids)
  },
)

test.each([
  ['cut off', '{"a":1,"b":'],
  ['followed by other text', `${three} and more`],
  ['a list', `[${three}]`],
])('wires: arguments that are %s are never guessed, and the model is told', async (_, args) => {
  const tools = notingTools()
  fake.script(callStream(add(args, { id: 'c1' })), { text: 'ok' })
  await run(modelAt(fake, 'hosted_vllm/m'), [tools.add])
  expect(tools.runs).toEqual([])
  const [result] = fake.modelRequests[1]?.body.messages.slice(-1) ?? []
  expect(result).toMatchObject({ role: 'tool', content: expect.stringContaining('JSON') })
})

const messageEvents = (blocks: JsonObject[][]) => [
  {
    type: 'message_start',
    message: {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 9, output_tokens: 1 },
    },
  },
  ...blocks.flat(),
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 5 },
  },
  { type: 'message_stop' },
]
const block = (index: number, input: unknown, pieces: string[], id = 't1') => [
  {
    type: 'content_block_start',
    index,
    content_block: { type: 'tool_use', id, name: 'add', input },
  },
  ...pieces.map((partial_json) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json },
  })),
  { type: 'content_block_stop', index },
]

test.each<[string, JsonObject[][], string[]]>([
  ['the input and its pieces say the same', [block(0, { a: 1, b: 2 }, [three])], one],
  ['the input is encoded text', [block(0, three, [])], one],
  ['the pieces are encoded twice', [block(0, {}, [JSON.stringify(three)])], one],
  ['a block is repeated', [block(0, {}, [three]), block(1, {}, [three])], one],
  [
    'an index is used again',
    [block(0, {}, [three]), block(0, {}, [seven], 't2')],
    ['add 1 2', 'add 3 4'],
  ],
  ['an id is used again', [block(0, {}, [three]), block(1, {}, [seven])], ['add 1 2', 'add 3 4']],
  [
    'ids are missing',
    [block(0, {}, [three], ''), block(1, {}, [seven], '')],
    ['add 1 2', 'add 3 4'],
  ],
])('wires on the Messages wire: %s', async (_, blocks, runs) => {
  const tools = notingTools()
  fake.script(
    {
      rawEvents: messageEvents(blocks).map(
        (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
      ),
    },
    { text: 'ok' },
  )
  await run(modelAt(fake, 'anthropic/claude-sonnet-4-6'), [tools.add])
  expect(tools.runs).toEqual(runs)
})
