import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Agent, AgentError, type Hooks, tool } from '../../src/index.js'
import { callOf, toolResults } from '../helpers/conversation.js'
import { ScriptedModel, type Step } from '../helpers/scripted-model.js'

function agentWith(hooks: Hooks | Hooks[], ...steps: Step[]) {
  const model = new ScriptedModel(steps)
  const ran: unknown[] = []
  const echo = tool({
    name: 'echo',
    description: 'Says it again.',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
    handler: async ({ text }) => {
      ran.push(text)
      return `${text}`
    },
  })
  return { agent: new Agent({ model, tools: [echo], hooks }), model, ran }
}

test('beforeModelCall changes what is sent without changing the conversation', async () => {
  const { agent, model } = agentWith(
    [
      { beforeModelCall: () => ({ system: [{ text: 'Be brief.' }], params: { temperature: 0 } }) },
      {
        beforeModelCall: async ({ system, params, messages }) => ({
          params: { ...params, saw: system.length },
          messages: [...messages, { role: 'user', content: [{ text: 'And smile.' }] }],
        }),
      },
    ],
    'Hello.',
  )
  await agent.invoke('Hi')
  expect(model.requests[0]).toMatchObject({
    system: [{ text: 'Be brief.' }],
    params: { temperature: 0, saw: 1 },
    messages: [{ role: 'user' }, { content: [{ text: 'And smile.' }] }],
  })
  expect(agent.messages).toHaveLength(2)
})

test('afterModelCall can change or retry a reply, and every call is counted', async () => {
  const attempts: number[] = []
  const { agent, model } = agentWith(
    {
      afterModelCall: ({ attempt, message }) => {
        attempts.push(attempt)
        const [block] = message?.content ?? []
        if (block && 'text' in block && block.text === 'Rude.') return { retry: true }
        return { message: { role: 'assistant', content: [{ text: 'Polished.' }] } }
      },
    },
    'Rude.',
    'Fine.',
  )
  const result = await agent.invoke('Hi')
  expect(result).toMatchObject({ text: 'Polished.', usage: { totalTokens: 30 } })
  expect(attempts).toEqual([1, 2])
  expect(model.requests[1]?.messages).toEqual(model.requests[0]?.messages)
})

test('afterModelCall receives a failure and can retry the call', async () => {
  const seen: unknown[] = []
  const { agent } = agentWith(
    {
      afterModelCall: ({ error }) => {
        seen.push(error?.message)
        return error ? { retry: true } : undefined
      },
    },
    new AgentError({ code: 'providerError', message: 'Oh.', hint: 'None.' }),
    'Back.',
  )
  expect(await agent.invoke('Hi')).toMatchObject({ text: 'Back.' })
  expect(seen).toEqual(['Oh.', undefined])
})

test('afterModelCall can have a call made at most ten times', async () => {
  let asked = 0
  const again: Hooks = {
    afterModelCall: () => {
      // Without the limit nothing would end the run, and no timer of the test could fire.
      if (++asked > 50) throw new Error('Called without end.')
      return { retry: true }
    },
  }
  const unsent = new AgentError({
    code: 'configuration',
    message: 'No key.',
    hint: 'None.',
    unsent: true,
  })
  const failing = agentWith(again, ...Array.from({ length: 60 }, () => unsent))
  await expect(failing.agent.invoke('Hi')).rejects.toMatchObject({ message: 'No key.' })
  expect(failing.model.requests).toHaveLength(10)

  const answering = agentWith(again, ...Array.from({ length: 11 }, (_, at) => `Reply ${at + 1}.`))
  expect(await answering.agent.invoke('Hi')).toMatchObject({ text: 'Reply 10.' })
})

test('beforeToolCall can change the arguments, which are validated again', async () => {
  const inputs = [{ text: 'changed' }, { text: 7 as never }]
  const { agent, model, ran } = agentWith(
    { beforeToolCall: () => ({ input: inputs.shift() ?? {} }) },
    callOf('echo', { text: 'given' }),
    callOf('echo', { text: 'given' }),
    'Done.',
  )
  await agent.invoke('Go')
  expect(ran).toEqual(['changed'])
  expect(toolResults(model.requests[2])[1]).toMatchObject({
    status: 'error',
    content: [{ text: expect.stringContaining('do not match its schema') }],
  })
})

test('beforeToolCall can cancel a call with a reason for the model', async () => {
  const { agent, model, ran } = agentWith(
    { beforeToolCall: ({ name, input }) => ({ cancel: `${name} ${input.text}: not allowed` }) },
    callOf('echo', { text: 'secret' }),
    'I see.',
  )
  expect(await agent.invoke('Go')).toMatchObject({
    text: 'I see.',
    metrics: { tools: { echo: { calls: 1, errors: 1 } } },
  })
  expect(ran).toEqual([])
  expect(toolResults(model.requests[1])).toMatchObject([
    { status: 'error', content: [{ text: 'echo secret: not allowed' }] },
  ])
})

test('afterToolCall can change a result or run the tool again, at most ten times', async () => {
  const { agent, model, ran } = agentWith(
    {
      afterToolCall: ({ input, attempt, status }) => {
        if (input.text === 'again') return { retry: true }
        return { result: `${status} at ${attempt}` }
      },
    },
    callOf('echo', { text: 'once' }),
    callOf('echo', { text: 'again' }),
    'Done.',
  )
  await agent.invoke('Go')
  expect(ran).toEqual(['once', ...Array.from({ length: 10 }, () => 'again')])
  expect(toolResults(model.requests[2])).toMatchObject([
    { content: [{ text: 'success at 1' }] },
    { content: [{ text: 'again' }] },
  ])
})

test('hooks before a call run in order, and those after it in reverse order', async () => {
  const order: string[] = []
  const hooks = (name: string): Hooks => ({
    beforeModelCall: () => void order.push(`before ${name}`),
    afterModelCall: () => void order.push(`after ${name}`),
  })
  const { agent } = agentWith([hooks('a'), hooks('b')], 'Hi.')
  await agent.invoke('Hi')
  expect(order).toEqual(['before a', 'before b', 'after b', 'after a'])
})

test.each<[string, Hooks, number]>([
  ['beforeModelCall', { beforeModelCall: () => ({ stop: 'Enough.' }) }, 0],
  ['afterModelCall', { afterModelCall: () => ({ stop: 'Enough.' }) }, 1],
  ['beforeToolCall', { beforeToolCall: () => ({ stop: 'Enough.' }) }, 1],
  ['afterToolCall', { afterToolCall: () => ({ stop: 'Enough.' }) }, 1],
])('%s can end the run with stop', async (_, hooks, calls) => {
  const { agent, model } = agentWith(hooks, callOf('echo', { text: 'x' }))
  const result = await agent.invoke('Go')
  expect(result).toMatchObject({ stopReason: 'interrupt', text: 'Enough.' })
  expect(model.requests).toHaveLength(calls)
  expect(agent.messages.at(-1)).toEqual({ role: 'assistant', content: [{ text: 'Enough.' }] })
})

test('a stop ends the tools that run in parallel', async () => {
  const model = new ScriptedModel([
    { calls: [callOf('wait', {}), callOf('ask', {})].flatMap(({ calls }) => calls) },
  ])
  const wait = tool({ name: 'wait', description: 'Waits.', handler: () => new Promise(() => {}) })
  const ask = tool({ name: 'ask', description: 'Asks.', handler: async () => 'ok' })
  const hooks: Hooks = {
    beforeToolCall: ({ name }) => (name === 'ask' ? { stop: 'No.' } : undefined),
  }
  const result = await new Agent({ model, tools: [wait, ask], hooks }).invoke('Go')
  expect(result).toMatchObject({ stopReason: 'interrupt', text: 'No.' })
})

test.each<[string, Hooks]>([
  ['beforeModelCall', { beforeModelCall: throwing }],
  ['afterModelCall', { afterModelCall: throwing }],
  ['beforeToolCall', { beforeToolCall: throwing }],
  ['afterToolCall', { afterToolCall: throwing }],
])('an error thrown by %s ends the run with an error that names the hook', async (name, hooks) => {
  const { agent } = agentWith(hooks, callOf('echo', { text: 'x' }), 'Done.')
  await expect(agent.invoke('Go')).rejects.toMatchObject({
    code: 'toolError',
    message: `The hook ${name} failed: Oh.`,
    usage: { totalTokens: name === 'beforeModelCall' ? 0 : 15 },
  })
})

test("unknown keys in a hook's answer and invalid hooks are configuration errors", async () => {
  const { agent } = agentWith(
    { beforeToolCall: () => ({ cancle: 'x' }) as never },
    callOf('echo', {}),
  )
  await expect(agent.invoke('Go')).rejects.toMatchObject({
    code: 'configuration',
    hint: expect.stringContaining('Did you mean "cancel"'),
  })
  expect(() => agentWith({ beforeTool: () => {} } as never)).toThrow('unknown key "beforeTool"')
  expect(() => agentWith({ beforeToolCall: 'x' } as never)).toThrow('must be a function')
})

test("pauseClock excludes a hook's wait from timeoutSeconds", async () => {
  const slow = (paused: boolean): Hooks => ({
    beforeToolCall: async ({ pauseClock }) => {
      if (paused) pauseClock()
      await sleep(800)
    },
  })
  const run = (paused: boolean) =>
    agentWith(slow(paused), callOf('echo', { text: 'x' }), 'Done.').agent.invoke('Go', {
      limits: { timeoutSeconds: 0.5 },
    })
  expect(await run(true)).toMatchObject({ stopReason: 'endTurn', text: 'Done.' })
  expect(await run(false)).toMatchObject({ limit: { name: 'timeoutSeconds' } })
})

test('cancellation ends the wait for a hook', async () => {
  const cancel = new AbortController()
  const { agent, ran } = agentWith(
    {
      beforeToolCall: ({ pauseClock }) => {
        pauseClock()
        cancel.abort('Never mind.')
        return new Promise(() => {})
      },
    },
    callOf('echo', { text: 'x' }),
  )
  const result = await agent.invoke('Go', { signal: cancel.signal })
  expect(result).toMatchObject({ stopReason: 'cancelled', text: 'Never mind.' })
  expect(ran).toEqual([])
})

test('no hook runs for the structured-output tool', async () => {
  const asked: string[] = []
  const { agent } = agentWith(
    { beforeToolCall: ({ name }) => void asked.push(name) },
    callOf('echo', { text: 'x' }),
    callOf('StructuredOutput', { n: 1 }),
  )
  const outputSchema = { type: 'object', properties: { n: { type: 'number' } } }
  expect((await agent.invoke('Go', { outputSchema })).output).toEqual({ n: 1 })
  expect(asked).toEqual(['echo'])
})

function throwing(): never {
  throw new Error('Oh.')
}

test("a result of afterToolCall that is not JSON fails as the hook's error and stays out of the history", async () => {
  const { agent } = agentWith(
    { afterToolCall: () => ({ result: { id: 10n } as never }) },
    callOf('echo', { text: 'once' }),
    'On we go.',
  )
  await expect(agent.invoke('Go')).rejects.toMatchObject({
    code: 'toolError',
    message:
      'The hook afterToolCall failed: The result is not JSON: Do not know how to serialize a BigInt',
  })
  expect(await agent.invoke('And now?')).toMatchObject({ text: 'On we go.' })
})
