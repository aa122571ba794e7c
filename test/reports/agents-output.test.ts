import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Connection, connect } from '../helpers/connect.js'
import { type FakeProvider, type Step, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connect('2026', 'stdio', upstream(fake))
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
const book = {
  title: 'Book',
  type: 'object',
  properties: {
    title: { type: 'string' },
    rating: { type: 'integer', minimum: 1, maximum: 10 },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['title', 'rating'],
  additionalProperties: false,
}

const malformed: [string, string][] = [
  ['a trailing comma without a closing brace', '{"n": 1,'],
  ['null', 'null'],
  ['a list of two objects', '[{"n": 1}, {"n": 2}]'],
  ['plain text', 'n is 1'],
  ['a left-out value', '{"n": }'],
]

test.each(malformed)('agents F1: arguments that are %s count as attempts', async (_, text) => {
  for (const maxAttempts of [1, 2, 3]) {
    fake.reset()
    const steps = Array.from(
      { length: 25 },
      (): Step => ({
        toolCalls: [{ name: 'StructuredOutput', arguments: text }],
      }),
    )
    fake.script(...steps)
    const result = await client.call('structured_extract', { prompt: 'x', schema, maxAttempts })
    expect(result.structuredContent).toMatchObject({
      status: 'failed',
      output: null,
      attempts: maxAttempts,
      error: { code: 'structuredOutput' },
    })
    expect(fake.modelRequests).toHaveLength(maxAttempts)
  }
})

test('agents F1: run_agent with outputSchema ends after three malformed answers', async () => {
  const steps = Array.from(
    { length: 25 },
    (): Step => ({
      toolCalls: [{ name: 'StructuredOutput', arguments: '{"n": ' }],
    }),
  )
  fake.script(...steps)
  const result = await client.call('run_agent', { prompt: 'x', outputSchema: schema })
  expect(result.structuredContent.error).toMatchObject({ code: 'structuredOutput' })
  expect(fake.modelRequests).toHaveLength(3)
})

/** Answers that mean one object, as models write them. */
const right = { title: 'A "B" {c}', rating: 9, tags: ['x', 'y'] }
const json = JSON.stringify(right)
const pretty = JSON.stringify(right, null, 2)
const meanTheObject: [string, string][] = [
  ['plain', json],
  ['pretty-printed', pretty],
  ['fenced', `\`\`\`json\n${pretty}\n\`\`\``],
  ['in an upper-case fence', `\`\`\`JSON\n${json}\n\`\`\``],
  ['in a json5 fence', `\`\`\`json5\n${json}\n\`\`\``],
  ['in a fence without a language', `\`\`\`\n${json}\n\`\`\``],
  ['in a tilde fence', `~~~json\n${json}\n~~~`],
  ['after prose in a fence', `Sure! Here it is:\n\n\`\`\`json\n${json}\n\`\`\``],
  ['between prose in a fence', `Here:\n\`\`\`json\n${json}\n\`\`\`\nLet me know!`],
  ['after prose', `The answer is ${json}`],
  ['before prose', `${json}\n\nI hope that helps.`],
  ['between prose', `Here you go: ${json} Anything else?`],
  ['after think tags', `<think>Maybe {"title": "no", "rating": 1}?</think>\n${json}`],
  ['after a closing think tag', `Hmm, {"title": "no", "rating": 1}.\n</think>\n\n${json}`],
  ['after thinking tags, fenced', `<thinking>Hm.</thinking>\n\`\`\`json\n${json}\n\`\`\``],
  ['in json tags', `<json>${json}</json>`],
  ['in output tags', `<output>\n${json}\n</output>`],
  ['in answer tags', `I think so. <answer>${json}</answer>`],
  ['as a tool call in tags', `<tool_call>{"name":"Book","arguments":${json}}</tool_call>`],
  ['as a tool call', `{"name":"Book","arguments":${json}}`],
  ['as a tool call with parameters', `{"name": "Book", "parameters": ${json}}`],
  ['as a tool call with text arguments', JSON.stringify({ name: 'Book', arguments: json })],
  ['wrapped in its name', `{"Book": ${json}}`],
  ['wrapped in output', `{"output": ${json}}`],
  ['wrapped in result', `{"result": ${json}}`],
  ['twice the same', `${json}\n\nAgain: ${json}`],
  ['with a byte order mark', `\ufeff${json}`],
  ['with a trailing comma', '{"title": "T", "rating": 9,}'],
  ['with a trailing comma in a list', '{"title": "T", "rating": 9, "tags": ["x",]}'],
  ['with a line comment', '{\n  "title": "T", // the title\n  "rating": 9\n}'],
  ['with a block comment', '{"title": "T", /* of ten */ "rating": 9}'],
  ['in single quotes', "{'title': 'T', 'rating': 9}"],
  ['with unquoted keys', '{title: "T", rating: 9}'],
  ['with typographic quotes', '{“title”: “T”, “rating”: 9}'],
  ['with a missing comma', '{"title": "T"\n "rating": 9}'],
  ['fenced with a trailing comma', '```json\n{"title": "T", "rating": 9,}\n```'],
  ['in prose with a trailing comma', 'Sure: {"title": "T", "rating": 9,} Done.'],
  ['with a raw newline in a text', '{"title": "T", "rating": 9, "tags": ["a\nb"]}'],
]
const meanNothing: [string, string][] = [
  ['prose', 'The book is great, I would say nine of ten.'],
  ['cut off', '{"title": "T", "rating": 9, "tags": ["x'],
  ['cut off in the number', '{"title": "T", "rating": 1'],
  ['left out', '{"title": "T", "rating": ...}'],
  ['undefined', '{"title": "T", "rating": undefined}'],
  ['two different objects', '{"title": "A", "rating": 1}\n{"title": "B", "rating": 2}'],
  ['a list of objects', '[{"title": "A", "rating": 1}, {"title": "B", "rating": 2}]'],
  ['invalid', '{"title": "T", "rating": 42}'],
  ['only in the reasoning', '<think>{"title": "T", "rating": 9}</think>I cannot say.'],
  ['empty braces', '{}'],
]

function expected(text: string) {
  return text.includes('A \\"B\\"') || text.includes('A \\\\\\"B') ? right : undefined
}

describe('agents F5: messy answers in text', () => {
  const noTools: Step = {
    raw: { status: 400, body: { error: { message: 'This model does not support tools.' } } },
  }
  test.each(meanTheObject)('an object %s is found in one answer', async (_, text) => {
    fake.script(noTools, { text })
    const { structuredContent } = await client.call('structured_extract', {
      prompt: 'x',
      schema: book,
    })
    expect(structuredContent).toMatchObject({ status: 'completed', attempts: 1 })
    expect(structuredContent.output).toMatchObject(expected(text) ?? { title: 'T', rating: 9 })
    expect(fake.modelRequests).toHaveLength(2)
  })

  test.each(meanNothing)('an answer that is %s is asked again, not guessed', async (_, text) => {
    fake.script(noTools, { text }, { text: json })
    const { structuredContent } = await client.call('structured_extract', {
      prompt: 'x',
      schema: book,
    })
    expect(structuredContent).toMatchObject({ status: 'completed', output: right, attempts: 2 })
  })

  test('answers without an object are counted up to maxAttempts', async () => {
    fake.script(noTools, ...Array.from({ length: 20 }, (): Step => ({ text: 'No.' })))
    const { structuredContent } = await client.call('structured_extract', {
      prompt: 'x',
      schema: book,
      maxAttempts: 5,
    })
    expect(structuredContent).toMatchObject({ attempts: 5, error: { code: 'structuredOutput' } })
    expect(fake.modelRequests).toHaveLength(6)
  })
})

describe('agents F1: messy arguments of the output tool', () => {
  test.each(meanTheObject)('an object %s is found in one call', async (_, text) => {
    fake.script({ toolCalls: [{ name: 'Book', arguments: text }] })
    const { structuredContent } = await client.call('structured_extract', {
      prompt: 'x',
      schema: book,
    })
    expect(structuredContent).toMatchObject({ status: 'completed', attempts: 1 })
    expect(structuredContent.output).toMatchObject(expected(text) ?? { title: 'T', rating: 9 })
  })

  test.each(meanNothing)('arguments that are %s are asked again, not guessed', async (_, text) => {
    const call = (args: string): Step => ({ toolCalls: [{ name: 'Book', arguments: args }] })
    fake.script(call(text), call(json))
    const { structuredContent } = await client.call('structured_extract', {
      prompt: 'x',
      schema: book,
    })
    expect(structuredContent).toMatchObject({ status: 'completed', output: right, attempts: 2 })
  })
})

test('realmodel 1: a server that does not enforce the tool is asked with response_format', async () => {
  fake.script({ text: 'Once upon a time.' }, { text: json })
  const result = await client.call('structured_extract', { prompt: 'x', schema: book })
  expect(result.structuredContent).toMatchObject({ output: right, attempts: 2 })
  expect(fake.modelRequests[1]?.body).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { name: 'Book' } },
  })
})

test('realmodel 4: the tool list stays the same when the object is requested', async () => {
  fake.script({ text: 'Nine.' }, { text: 'Nine!' }, { text: json })
  const result = await client.call('run_agent', {
    prompt: 'Rate it.',
    tools: ['calculator'],
    outputSchema: book,
  })
  expect(result.structuredContent.output).toEqual(right)
  const [first, ...others] = fake.modelRequests.map(({ body }) => JSON.stringify(body.tools))
  expect(first).toContain('calculator')
  expect(others).toEqual([first, first])
  expect(fake.modelRequests[1]?.body.tool_choice).toMatchObject({ function: { name: 'Book' } })
})

test('agents F15: a complete object with finish_reason length is accepted', async () => {
  fake.script({ toolCalls: [{ name: 'Book', arguments: json }], stopReason: 'length' })
  const called = await client.call('structured_extract', { prompt: 'x', schema: book })
  expect(called.structuredContent).toMatchObject({ status: 'completed', output: right })
  fake.reset()
  fake.script({ text: json, stopReason: 'length' })
  const text = await client.call('structured_extract', { prompt: 'x', schema: book })
  expect(text.structuredContent).toMatchObject({ status: 'completed', output: right })
})

test('agents F15: a filtered answer without an object is a contentPolicy error', async () => {
  fake.script({ text: '', stopReason: 'content_filter' }, { text: json })
  const result = await client.call('structured_extract', { prompt: 'x', schema: book })
  expect(result.structuredContent.error).toMatchObject({ code: 'contentPolicy' })
  expect(fake.modelRequests).toHaveLength(1)
})

test.each(['null', '""', '"{\\"expression\\": \\"2+2\\"}"'])(
  'agents F10: tool arguments %s are read as an object',
  async (args) => {
    fake.script({ toolCalls: [{ name: 'current_time', arguments: args }] }, { text: 'Done.' })
    const result = await client.call('run_agent', { prompt: 'x', tools: ['current_time'] })
    expect(result.structuredContent.status).toBe('completed')
    const metrics = result._meta['io.github.litellm-agents-mcp/metrics']
    expect(metrics.tools.current_time).toMatchObject({ calls: 1, errors: 0 })
  },
)
