import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Agent, AgentError, type ConversationManager, tool } from '../../src/index.js'
import { callOf } from '../helpers/conversation.js'
import { ScriptedModel } from '../helpers/scripted-model.js'

/** An agent whose first call runs until `end` is called. */
function busyAgent() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const wait = tool({
    name: 'wait',
    description: 'Waits.',
    handler: async () => {
      await ended
      return 'waited'
    },
  })
  const model = new ScriptedModel([callOf('wait', {}), 'First.', 'Third.'])
  const agent = new Agent({ model, tools: [wait] })
  return { agent, model, end, first: agent.invoke('One') }
}

test.each([
  ['a signal', () => ({ signal: AbortSignal.timeout(30) }), { stopReason: 'cancelled' }],
  [
    'a timeout',
    () => ({ limits: { timeoutSeconds: 0.03 } }),
    {
      stopReason: 'limitReached',
      limit: { name: 'timeoutSeconds', max: 0.03, spent: expect.closeTo(0.03) },
    },
  ],
])(
  '%s ends the wait for a turn without changing the order of other calls',
  async (_, options, how) => {
    const { agent, model, end, first } = busyAgent()
    const second = agent.invoke('Two', options())
    const third = agent.invoke('Three')
    expect(await second).toMatchObject({ ...how, usage: { totalTokens: 0 } })
    // The third call has not started, although the second one has ended.
    expect(model.requests).toHaveLength(1)
    end()
    expect(String(await first)).toBe('First.')
    expect(String(await third)).toBe('Third.')
    expect(JSON.stringify(agent.messages)).not.toContain('Two')
    expect(agent.messages).toHaveLength(6)
  },
)

test('an extraction cancelled while waiting fails and does not change the conversation', async () => {
  const { agent, end, first } = busyAgent()
  const schema = { type: 'object' } as const
  await expect(
    agent.structuredOutput(schema, 'Two', { signal: AbortSignal.timeout(30) }),
  ).rejects.toMatchObject({ code: 'cancelled' })
  end()
  await first
  expect(agent.messages).toHaveLength(4)
})

test('an agent accepts the next call after a waiting call was cancelled', async () => {
  const { agent, end, first } = busyAgent()
  await agent.invoke('Two', { signal: AbortSignal.abort() })
  end()
  await first
  await sleep(0)
  expect(String(await agent.invoke('Three'))).toBe('Third.')
})

const failing: [string, NonNullable<ConversationManager['apply']>, string][] = [
  [
    'throws',
    () => {
      throw new Error('Out of order.')
    },
    'Out of order.',
  ],
  ['returns no array', (async () => []) as never, 'apply must return an array of messages'],
]

test.each(failing)(
  'the answer is kept if apply of a conversation manager %s',
  async (_, apply, why) => {
    const conversationManager: ConversationManager = { apply, reduce: () => undefined }
    const model = new ScriptedModel(['One.', 'Two.'])
    const agent = new Agent({ model, conversationManager })
    const notice = `The conversation was not shortened, because the conversation manager failed: ${why}`
    const events: unknown[] = []
    for await (const event of agent.stream('A')) events.push(event)
    expect(events).toContainEqual({ type: 'notice', message: notice })
    expect(events.at(-1)).toMatchObject({
      result: { text: 'One.', metrics: { notices: [notice] } },
    })
    expect(agent.messages).toHaveLength(2)
    expect(await agent.invoke('B')).toMatchObject({ text: 'Two.' })
    expect(agent.messages).toHaveLength(4)
  },
)

test('a run that fails keeps its own error if apply also fails', async () => {
  const [, apply] = failing[0] as (typeof failing)[number]
  const lost = new AgentError({ code: 'connection', message: 'Lost.', hint: 'None.' })
  const look = tool({ name: 'look', description: 'Looks.', handler: () => 'seen' })
  const model = new ScriptedModel([callOf('look', {}), lost, 'Back.'])
  const agent = new Agent({
    model,
    tools: [look],
    conversationManager: { apply, reduce: () => undefined },
  })
  await expect(agent.invoke('A')).rejects.toMatchObject({
    code: 'connection',
    message: 'Lost.',
    metrics: { notices: [expect.stringContaining('Out of order.')] },
  })
  expect(await agent.invoke('B')).toMatchObject({ text: 'Back.' })
})
