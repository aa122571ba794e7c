import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'

let fake: FakeProvider
let client: Connection

const schema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
}
const ann = { name: 'Ann', age: 9 }
const chatter = "I'll extract the person for you."

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connectStdio('2025', {
    LITELLM_AGENTS_CONFIG: configFile({
      defaults: { modelId: 'openai/gpt-4o-mini' },
      clientArgs: { openai: { api_base: `${fake.url}/v1`, api_key: testKey } },
      agents: {
        person: { description: 'Finds a person', outputSchema: schema, exposeAs: 'tool' },
        summed: { description: 'Says what the cache did', cacheAdvice: true },
      },
    }),
  })
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

interface Offer {
  tools: { name: string }[]
}

/** Answers with a text and a call of the output tool. */
const objectWithText =
  (text?: string, object: object = ann) =>
  ({ tools }: Offer): Step => ({
    ...(text !== undefined && { text }),
    toolCalls: [{ name: tools.at(-1)?.name ?? '', arguments: object }],
  })

function texts(result: JsonObject): string[] {
  return result.content.filter(({ type }: JsonObject) => type === 'text').map(textOf)
}

function textOf({ text }: JsonObject): string {
  return text
}

const objectCalls: [string, string, JsonObject][] = [
  ['structured_extract', 'structured_extract', { schema }],
  ['run_agent with an outputSchema', 'run_agent', { outputSchema: schema }],
  ['run_agent with an agent that has an outputSchema', 'run_agent', { agent: 'person' }],
  ['an agent tool whose agent has an outputSchema', 'agent_person', {}],
]

describe.each(objectCalls)('people F1: %s', (_, tool, args) => {
  test('returns the object as JSON first and the chatter of the model after it', async () => {
    fake.script(objectWithText(chatter))
    const result = await client.call(tool, { prompt: 'Ann is 9', ...args })
    expect(JSON.parse(result.content[0].text)).toEqual(ann)
    expect(texts(result).slice(1)).toEqual([chatter])
    expect(result.structuredContent.output).toEqual(ann)
  })

  test('returns the object alone if the model says nothing else', async () => {
    fake.script(objectWithText())
    const result = await client.call(tool, { prompt: 'Ann is 9', ...args })
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(ann) }])
  })

  test('does not repeat an object that the model wrote as text', async () => {
    const refusal = { status: 400, body: { error: { message: 'tools are not supported' } } }
    const text = `\`\`\`json\n${JSON.stringify(ann, null, 2)}\n\`\`\``
    const reply = ({ tools }: Offer): Step => (tools.length > 0 ? { raw: refusal } : { text })
    fake.script(reply, reply, reply)
    const result = await client.call(tool, { prompt: 'Ann is 9', ...args })
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(ann) }])
  })

  test('returns the same content from get_run', async () => {
    fake.script(objectWithText(chatter))
    const { structuredContent, content } = await client.call(tool, { prompt: 'Ann is 9', ...args })
    const again = await client.call('get_run', { runId: structuredContent.runId })
    expect(again.content).toEqual(content)
  })
})

test('people F1: an object longer than runs.maxTextChars stays whole in content', async () => {
  const long = { name: 'A'.repeat(30_000), age: 9 }
  fake.script(objectWithText(undefined, long))
  const result = await client.call('run_agent', { prompt: 'Go', outputSchema: schema })
  expect(JSON.parse(result.content[0].text)).toEqual(long)
})

test('people F1: text that the model wrote before a tool call is not the answer', async () => {
  fake.script(
    {
      text: 'I will ask the calculator.',
      toolCalls: [{ name: 'calculator', arguments: { expression: '2+2' } }],
    },
    { text: '4' },
  )
  const result = await client.call('run_agent', { prompt: 'What is 2+2?', tools: ['calculator'] })
  expect(result.content).toEqual([{ type: 'text', text: '4' }])
})

interface EarlyStop {
  why: string
  steps: Step[]
  args?: JsonObject
  texts: (string | RegExp)[]
  stopReason: string
}

const sum = { name: 'calculator', arguments: { expression: '2+2' } }

const earlyStops: EarlyStop[] = [
  {
    why: 'at maxCycles, with text',
    steps: [{ text: 'I ask the calculator.', toolCalls: [sum] }],
    args: { tools: ['calculator'], limits: { maxCycles: 1 } },
    texts: ['I ask the calculator.', /stopped.*maxCycles.*1.*incomplete/i],
    stopReason: 'limitReached',
  },
  {
    why: 'at maxCycles, without text',
    steps: [{ toolCalls: [sum] }],
    args: { tools: ['calculator'], limits: { maxCycles: 1 } },
    texts: [/stopped.*maxCycles/i],
    stopReason: 'limitReached',
  },
  {
    why: 'at timeoutSeconds, without text',
    steps: [{ text: 'Too late', delayMs: 5_000 }],
    args: { limits: { timeoutSeconds: 0.3 } },
    texts: [/stopped.*timeoutSeconds/i],
    stopReason: 'limitReached',
  },
  {
    why: 'before the object of its outputSchema',
    steps: [{ text: 'I ask the calculator.', toolCalls: [sum] }],
    args: { tools: ['calculator'], limits: { maxCycles: 1 }, outputSchema: schema },
    texts: ['I ask the calculator.', /stopped.*maxCycles/i],
    stopReason: 'limitReached',
  },
  {
    why: 'at the output limit of the model',
    steps: [{ text: 'Once upon', stopReason: 'length' }],
    texts: ['Once upon', /cut off.*output limit/i],
    stopReason: 'maxTokens',
  },
  {
    why: 'by a content filter, with text',
    steps: [{ text: 'Well,', stopReason: 'content_filter' }],
    texts: ['Well,', /content filter/i],
    stopReason: 'contentFiltered',
  },
  {
    why: 'by a content filter, without text',
    steps: [{ stopReason: 'content_filter' }],
    texts: [/content filter/i],
    stopReason: 'contentFiltered',
  },
]

describe('people F4: content says in its last block why a run stopped', () => {
  test.each(earlyStops)('$why', async ({ steps, args = {}, texts: expected, stopReason }) => {
    fake.script(...steps)
    const result = await client.call('run_agent', { prompt: 'Go', ...args })
    expect(result.structuredContent).toMatchObject({ status: 'completed', stopReason })
    expect(texts(result)).toEqual(
      expected.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text))),
    )
    expect(result.content.at(-1).text).toMatch(/^[A-Z][^.]*( \d+\.\d+[^.]*)?\.$/)
    const again = await client.call('get_run', { runId: result.structuredContent.runId })
    expect(again.content).toEqual(result.content)
  })

  test('after a cancellation, from cancel_run and get_run', async () => {
    fake.script({ chunks: ['Once ', 'upon ', 'a time'], betweenChunksMs: 2_000 })
    const started = await client.call('run_agent', { prompt: 'Go', waitSeconds: 0 })
    const { runId } = started.structuredContent
    const cancelled = await client.call('cancel_run', { runId })
    expect(cancelled.structuredContent).toMatchObject({ status: 'cancelled' })
    expect(cancelled.content.at(-1).text).toMatch(/cancelled/)
    for (const text of texts(cancelled)) expect(text).not.toBe('')
    expect((await client.call('get_run', { runId })).content).toEqual(cancelled.content)
  })

  test('as the last block, after the note on the cache', async () => {
    fake.script({ text: 'Once upon', stopReason: 'length' })
    const result = await client.call('run_agent', { prompt: 'Go', agent: 'summed' })
    expect(texts(result)).toEqual([
      'Once upon',
      expect.stringContaining('Cache'),
      expect.stringContaining('cut off'),
    ])
  })
})

describe('people F4: content has no empty text block', () => {
  test('if the model answers nothing', async () => {
    fake.script({ text: '' })
    const result = await client.call('run_agent', { prompt: 'Go' })
    expect(texts(result)).toEqual([expect.stringMatching(/no text/)])
    expect(result.structuredContent).toMatchObject({ status: 'completed', text: '' })
  })

  test('if the model answers with an image alone', async () => {
    fake.script({ images: ['data:image/png;base64,aGk='] })
    const result = await client.call('run_agent', { prompt: 'Go' })
    expect(result.content).toEqual([{ type: 'image', data: 'aGk=', mimeType: 'image/png' }])
  })
})

test('people F4: an object from a run that used more than a limit comes with a word on the limit', async () => {
  fake.script((offer: Offer) => ({
    ...objectWithText()(offer),
    usage: { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60 },
  }))
  const result = await client.call('structured_extract', {
    prompt: 'Ann is 9',
    schema,
    limits: { maxOutputTokens: 20 },
  })
  expect(result.structuredContent).toMatchObject({
    status: 'completed',
    output: ann,
    limit: { name: 'maxOutputTokens', max: 20, spent: 50 },
  })
  expect(texts(result).at(-1)).toContain('maxOutputTokens')
})
