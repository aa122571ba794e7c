import { describe, expect, test } from 'vitest'
import { repairHistory } from '../../src/agent/messages/history.js'
import {
  Agent,
  AgentError,
  type ConversationConfig,
  type Message,
  type Model,
  type ModelRequest,
  tool,
} from '../../src/index.js'
import { callOf } from '../helpers/conversation.js'
import { ScriptedModel, type Step } from '../helpers/scripted-model.js'

const window = 20_000

/** A model that rejects requests longer than its window, and otherwise answers from a script. */
class WindowedModel implements Model {
  readonly modelId = 'windowed'
  readonly sizes: number[] = []
  readonly requests: ModelRequest[] = []
  private readonly scripted: ScriptedModel

  constructor(
    steps: readonly Step[],
    private readonly describe: (size: number) => string,
    public limit = window,
  ) {
    this.scripted = new ScriptedModel(steps)
  }

  stream(...[request, options]: Parameters<Model['stream']>): ReturnType<Model['stream']> {
    const size = JSON.stringify(request.messages).length
    this.sizes.push(size)
    this.requests.push(structuredClone(request))
    if (size > this.limit)
      throw new AgentError({
        code: 'contextWindowOverflow',
        message: this.describe(size),
        hint: 'Shorten it.',
        status: 400,
      })
    return this.scripted.stream(request, options)
  }
}

const withCounts = (size: number) =>
  `This model's maximum context length is ${window} tokens. However, your messages resulted in ${size} tokens.`
const withoutCounts = () => 'The prompt is too long.'

const user = (text: string): Message => ({ role: 'user', content: [{ text }] })
const assistant = (text: string): Message => ({ role: 'assistant', content: [{ text }] })

function toolTurn(id: string, length: number): Message[] {
  const content = [{ text: 'x'.repeat(length) }]
  return [
    user(`Look at ${id}.`),
    { role: 'assistant', content: [{ toolUse: { toolUseId: id, name: 'look', input: {} } }] },
    { role: 'user', content: [{ toolResult: { toolUseId: id, status: 'success', content } }] },
    assistant('Seen.'),
  ]
}

function texts(count: number, length: number): Message[] {
  return Array.from({ length: count }, (_, at) =>
    (at % 2 ? assistant : user)(`${at} ${'y'.repeat(length)}`),
  )
}

const histories: [string, Message[]][] = [
  [
    'three tool results of 15,000 characters',
    ['a', 'b', 'c'].flatMap((id) => toolTurn(id, 15_000)),
  ],
  ['60 text messages of 500 characters', texts(60, 500)],
  [
    'a large paste two turns ago',
    [user('z'.repeat(30_000)), assistant('Ok.'), user('And?'), assistant('Fine.')],
  ],
  ['one large tool result', toolTurn('a', 45_000)],
  ['8 texts of 5,000 characters', texts(8, 5_000)],
]
const managers: [string, ConversationConfig | undefined][] = [
  ['the default manager', undefined],
  ['a sliding window', { type: 'sliding' }],
  ['summaries', { type: 'summarizing' }],
  ['large summaries', { type: 'summarizing', summaryRatio: 0.8, preserveRecentMessages: 2 }],
]

describe.each([
  ['with token counts in the error', withCounts],
  ['without token counts in the error', withoutCounts],
])('agents F2: an overflow %s', (_, message) => {
  describe.each(managers)('under %s', (_, conversationManager) => {
    test.each(histories)('of %s is shortened until it fits', async (_, messages) => {
      const model = new WindowedModel(Array(12).fill('Done.'), message)
      const agent = new Agent({
        model,
        messages,
        ...(conversationManager && { conversationManager }),
      })
      const result = await agent.invoke('Next?')
      expect(result.text).toBe('Done.')
      expect(result.metrics.notices).toEqual(
        expect.arrayContaining([expect.stringMatching(/context window/)]),
      )
      expect(JSON.stringify(agent.messages)).toContain('Next?')
      expect(repairHistory(agent.messages)).toEqual(agent.messages)

      const calls = model.sizes.length
      expect(await agent.invoke('And then?')).toMatchObject({ text: 'Done.' })
      expect(model.sizes).toHaveLength(calls + 1)
    })
  })
})

test('agents F2: a tool loop of one run survives several overflows and keeps its task', async () => {
  const look = tool({ name: 'look', description: 'Looks.', handler: () => 'x'.repeat(9_000) })
  const model = new WindowedModel([...Array(8).fill(callOf('look', {})), 'Done.'], withCounts)
  const agent = new Agent({ model, tools: [look] })
  expect(await agent.invoke('The task.')).toMatchObject({ text: 'Done.' })
  for (const { messages } of model.requests) {
    expect(JSON.stringify(messages)).toContain('The task.')
    expect(repairHistory(messages)).toEqual(messages)
  }
})

test('agents F2: a smaller model takes over a long conversation', async () => {
  const model = new WindowedModel(['One.', 'Two.', 'Three.'], withCounts, 100_000)
  const agent = new Agent({ model, messages: texts(60, 1_000) })
  await agent.invoke('A?')
  model.limit = 8_000
  expect(await agent.invoke('B?')).toMatchObject({ text: 'Two.' })
  const calls = model.sizes.length
  expect(await agent.invoke('C?')).toMatchObject({ text: 'Three.' })
  expect(model.sizes).toHaveLength(calls + 1)
})

test('realmodel 6: an overflow leaves about two thirds of the window in use', async () => {
  const model = new WindowedModel(Array(9).fill('Done.'), withCounts)
  const agent = new Agent({ model, messages: texts(45, 480) })
  await agent.invoke('Next?')
  const size = model.sizes.at(-1) ?? 0
  expect(size).toBeLessThan(0.75 * window)
  expect(size).toBeGreaterThan(0.5 * window)
})

test('agents F2: a prompt that can never fit is an error after a few attempts', async () => {
  const model = new WindowedModel(Array(9).fill('Done.'), withoutCounts)
  const agent = new Agent({ model, messages: texts(10, 500) })
  await expect(agent.invoke('w'.repeat(30_000))).rejects.toMatchObject({
    code: 'contextWindowOverflow',
  })
  expect(model.sizes.length).toBeLessThan(8)
  expect(JSON.stringify(agent.messages)).not.toContain('www')
  expect(await agent.invoke('Shorter.')).toMatchObject({ text: 'Done.' })
})
