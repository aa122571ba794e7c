import { expect, test } from 'vitest'
import { repairHistory } from '../../src/agent/messages/history.js'
import {
  Agent,
  AgentError,
  type ConversationConfig,
  type Message,
  NullConversationManager,
  SlidingWindowConversationManager,
  SummarizingConversationManager,
  tool,
} from '../../src/index.js'
import { callOf } from '../helpers/conversation.js'
import { Random } from '../helpers/random.js'
import { replyOf, ScriptedModel } from '../helpers/scripted-model.js'

const overflow = new AgentError({
  code: 'contextWindowOverflow',
  message: 'Too long.',
  hint: 'Shorten it.',
  status: 400,
})

function user(text: string): Message {
  return { role: 'user', content: [{ text }] }
}

function assistant(text: string): Message {
  return { role: 'assistant', content: [{ text }] }
}

function toolTurn(id: string, result = 'ok'): Message[] {
  const content = [{ text: result }]
  return [
    { role: 'assistant', content: [{ toolUse: { toolUseId: id, name: 'look', input: {} } }] },
    { role: 'user', content: [{ toolResult: { toolUseId: id, status: 'success', content } }] },
  ]
}

/** Returns n questions, each with its answer. */
function turns(n: number): Message[] {
  return Array.from({ length: n }, (_, at) => [user(`Q${at}`), assistant(`A${at}`)]).flat()
}

test('a sliding window keeps the latest messages after a run', async () => {
  const model = new ScriptedModel(['Now.', 'Then.'])
  const conversationManager = new SlidingWindowConversationManager({ windowSize: 4 })
  const agent = new Agent({ model, conversationManager, messages: turns(5) })
  await agent.invoke('Go')
  expect(agent.messages).toEqual([user('Q4'), assistant('A4'), user('Go'), assistant('Now.')])
  await agent.invoke('On')
  expect(model.requests[1]?.messages).toHaveLength(5)
})

test('a sliding window keeps 40 messages by default, and without a manager all are kept', async () => {
  const after = async (conversationManager?: ConversationConfig) => {
    const model = new ScriptedModel(['Now.'])
    const agent = new Agent({
      model,
      messages: turns(30),
      ...(conversationManager && { conversationManager }),
    })
    await agent.invoke('Go')
    return agent.messages.length
  }
  expect(await after({ type: 'sliding' })).toBe(40)
  expect(await after()).toBe(62)
})

test('no conversation manager separates a tool use from its result (200 random conversations)', async () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random('conversation', seed)
    const messages = Array.from({ length: 1 + random.below(30) }, (_, at) =>
      random.chance(0.5)
        ? toolTurn(`t${at}`, random.chance(0.3) ? 'x'.repeat(900) : 'ok')
        : [user(`Q${at}`), assistant(`A${at}`)],
    ).flat()
    const windowSize = 1 + random.below(20)
    const sliding = new SlidingWindowConversationManager({ windowSize })
    const summarizing = new SummarizingConversationManager({
      summaryRatio: 0.1 + random.next() * 0.7,
      preserveRecentMessages: 1 + random.below(20),
    })
    const ask = async () => replyOf([{ text: 'Summary.' }])
    const results = [
      sliding.apply(messages),
      sliding.reduce(messages, { removeChars: random.below(3_000) })?.messages,
      (await summarizing.reduce(messages, { ask, removeChars: 100, attempt: 1 }))?.messages,
    ]
    for (const shorter of results) {
      if (!shorter) continue
      expect(shorter.length).toBeLessThanOrEqual(messages.length)
      expect(repairHistory(shorter)).toEqual(shorter)
    }
  }
})

test('an overflow is summarized by the model, and the summary call is counted and reported in a notice', async () => {
  const model = new ScriptedModel([overflow, 'They counted to five.', 'Six.'])
  const agent = new Agent({
    model,
    messages: [...turns(4), ...toolTurn('t', 'page 7'), assistant('Read.')],
    conversationManager: { type: 'summarizing', preserveRecentMessages: 2, summaryRatio: 0.8 },
  })
  const notices: string[] = []
  let shown = ''
  for await (const event of agent.stream('Next?')) {
    if (event.type === 'notice') notices.push(event.message)
    if (event.type === 'textDelta') shown += event.text
    if (event.type === 'result') {
      expect(event.result.metrics.cycles.map(({ purpose }) => purpose)).toEqual([
        undefined,
        'summary',
        undefined,
      ])
      expect(event.result.usage?.totalTokens).toBe(30)
    }
  }
  expect(shown).toBe('Six.')
  expect(notices).toEqual(['The 10 oldest messages were summarized to fit the context window.'])
  const [, asked, gone] = model.requests
  expect(asked).toMatchObject({ tools: [], messages: [{ role: 'user' }] })
  expect(JSON.stringify(asked?.messages)).toContain(
    '(calls look with {})\\n\\nuser: (result: page 7)',
  )
  expect(gone?.messages).toEqual([
    user('Summary of the conversation so far:\nThey counted to five.'),
    assistant('Read.'),
    user('Next?'),
  ])
})

test('another model can write the summary, and if it fails the oldest messages are dropped', async () => {
  const writer = new ScriptedModel(['In short.', overflow])
  const conversationManager = new SummarizingConversationManager({ model: writer })
  const summed = new ScriptedModel([overflow, 'Done.'])
  await new Agent({ model: summed, conversationManager, messages: turns(10) }).invoke('Go')
  expect(JSON.stringify(summed.requests[1]?.messages[0])).toContain('In short.')

  const dropped = new ScriptedModel([overflow, 'Done.'])
  const agent = new Agent({ model: dropped, conversationManager, messages: turns(10) })
  const { metrics } = await agent.invoke('Go')
  expect(metrics.notices).toEqual([expect.stringContaining('the 8 oldest messages were dropped')])
  expect(dropped.requests[1]?.messages[0]).toEqual(user('Q4'))
})

test('the summary call counts toward the limits of the run', async () => {
  const noop = tool({ name: 'noop', description: 'Does nothing.', handler: () => 'ok' })
  const model = new ScriptedModel([
    { text: 'Half.', ...callOf('noop', {}) },
    overflow,
    'In short.',
    'Never.',
  ])
  const agent = new Agent({
    model,
    tools: [noop],
    messages: turns(10),
    conversationManager: { type: 'summarizing' },
    limits: { maxCostUsd: 0.002 },
  })
  expect(await agent.invoke('Go')).toMatchObject({
    stopReason: 'limitReached',
    text: 'Half.',
    limit: { name: 'maxCostUsd', spent: 0.002 },
  })
})

test('with the type none, an overflow is an error', async () => {
  for (const conversationManager of [new NullConversationManager(), { type: 'none' as const }]) {
    const agent = new Agent({
      model: new ScriptedModel([overflow]),
      conversationManager,
      messages: turns(10),
    })
    await expect(agent.invoke('Go')).rejects.toMatchObject({ code: 'contextWindowOverflow' })
  }
})

test('a conversation that keeps overflowing is shortened until nothing can be removed', async () => {
  const model = new ScriptedModel(Array.from({ length: 20 }, () => overflow))
  const agent = new Agent({ model, messages: turns(10) })
  await expect(agent.invoke('Go')).rejects.toMatchObject({ code: 'contextWindowOverflow' })
  const sizes = model.requests.map(({ messages }) => messages.length)
  expect(sizes).toEqual([...new Set(sizes)].sort((one, other) => other - one))
  expect(sizes.at(-1)).toBe(1)
})

test.each<[string, unknown]>([
  ['an unknown type', { type: 'endless' }],
  ['an unknown key', { type: 'sliding', size: 3 }],
  ['windowSize 0', { type: 'sliding', windowSize: 0 }],
  ['a summaryRatio out of range', { type: 'summarizing', summaryRatio: 0.9 }],
  ['preserveRecentMessages 0', { type: 'summarizing', preserveRecentMessages: 0 }],
])('a conversationManager with %s is a configuration error', (_, conversationManager) => {
  const make = () => new Agent({ model: new ScriptedModel([]), conversationManager } as never)
  expect(make).toThrow(expect.objectContaining({ code: 'configuration' }))
})
