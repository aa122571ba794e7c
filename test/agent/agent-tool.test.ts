import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Agent, AgentError, type AgentEvent, type Limits, tool } from '../../src/index.js'
import { callOf, toolResults } from '../helpers/conversation.js'
import { ScriptedModel, type Step } from '../helpers/scripted-model.js'

function scripted(...steps: Step[]): ScriptedModel {
  return new ScriptedModel(steps)
}

function ask(name: string, prompt = 'Do it.') {
  return callOf(name, { prompt })
}

function asking(...names: string[]) {
  return { calls: names.flatMap((name) => ask(name).calls) }
}

const description = 'Does a part of the work.'

test("an agent used as a tool is counted in the caller's usage and listed by name in its metrics", async () => {
  const reader = new Agent({ name: 'reader', model: scripted('Read.') })
  const researcher = new Agent({
    name: 'researcher',
    model: scripted(ask('reader'), 'Found.'),
    tools: [reader.asTool({ description })],
  })
  const model = scripted(ask('researcher'), 'Done.')
  const lead = new Agent({ model, tools: [researcher.asTool({ description })] })
  const result = await lead.invoke('Go')
  expect(result.text).toBe('Done.')
  expect(toolResults(model.requests[1])).toMatchObject([{ content: [{ text: 'Found.' }] }])
  expect(result.usage?.totalTokens).toBe(5 * 15)
  expect(result.metrics.costUsd).toBeCloseTo(0.005)
  expect(result.metrics.cycles).toHaveLength(2)
  expect(result.metrics.accumulatedUsage).toEqual(result.usage)
  expect(result.metrics.agents).toMatchObject({
    researcher: { runs: 1, cycles: 2, usage: { totalTokens: 30 }, costUsd: 0.002 },
    reader: { runs: 1, cycles: 1, usage: { totalTokens: 15 }, costUsd: 0.001 },
  })
  const alone = await new Agent({ model: scripted('Hi.') }).invoke('Hi')
  expect(alone.metrics).not.toHaveProperty('agents')
})

test('each call of an agent as a tool is a new conversation, also in parallel, and does not change the agent', async () => {
  const model = scripted('One.', 'Two.')
  const helper = new Agent({ name: 'helper', model })
  const lead = new Agent({
    model: scripted(asking('helper', 'helper'), 'Done.'),
    tools: [helper.asTool({ description })],
  })
  const result = await lead.invoke('Go')
  expect(model.requests.map(({ messages }) => messages.length)).toEqual([1, 1])
  expect(helper.messages).toEqual([])
  expect(result.metrics.agents).toMatchObject({ helper: { runs: 2, cycles: 2 } })
})

test("events of agents below carry the agent's path", async () => {
  const reader = new Agent({ name: 'reader', model: scripted('Read.') })
  const researcher = new Agent({
    name: 'researcher',
    model: scripted(ask('reader'), 'Found.'),
    tools: [reader.asTool({ description })],
  })
  const lead = new Agent({
    model: scripted(ask('researcher'), 'Done.'),
    tools: [researcher.asTool({ description })],
  })
  const below: string[] = []
  const own: AgentEvent['type'][] = []
  for await (const event of lead.stream('Go')) {
    if (event.type !== 'childEvent') own.push(event.type)
    else if (event.event.type === 'textDelta')
      below.push(`${event.agent.join('/')}: ${event.event.text} (${event.toolUseId})`)
  }
  expect(below).toEqual(['researcher/reader: Read. (call_1)', 'researcher: Found. (call_1)'])
  expect(own.filter((type) => type === 'textDelta')).toHaveLength(1)
  expect(own.at(-1)).toBe('result')
})

test('an agent that is itself waiting for the answer cannot be called', async () => {
  const model = scripted(ask('b'), 'Done.')
  const inner = scripted(ask('a'), 'Alone then.')
  const a = new Agent({ name: 'a', model: scripted() })
  const b = new Agent({ name: 'b', model: inner, tools: [a.asTool({ description })] })
  const top = new Agent({ name: 'a', model, tools: [b.asTool({ description })] })
  expect(await top.invoke('Go')).toMatchObject({ text: 'Done.' })
  expect(toolResults(inner.requests[1])).toMatchObject([
    { status: 'error', content: [{ text: expect.stringContaining('(a → b → a)') }] },
  ])
})

test('agents nest at most five levels below the first', async () => {
  let agent = new Agent({ name: 'l6', model: scripted('Too deep.') })
  const models: ScriptedModel[] = []
  for (let level = 5; level >= 0; level--) {
    const model = scripted(ask(`l${level + 1}`), `Level ${level}.`)
    models.unshift(model)
    agent = new Agent({ name: `l${level}`, model, tools: [agent.asTool({ description })] })
  }
  const result = await agent.invoke('Go')
  expect(Object.keys(result.metrics.agents ?? {})).toEqual(['l1', 'l2', 'l3', 'l4', 'l5'])
  expect(toolResults(models[5]?.requests[1])).toMatchObject([
    { status: 'error', content: [{ text: expect.stringContaining('too deeply') }] },
  ])
})

test.each<[string, Limits, string]>([
  ['maxCostUsd', { maxCostUsd: 0.0025 }, 'maxCostUsd'],
  ['maxTotalTokens', { maxTotalTokens: 40 }, 'maxTotalTokens'],
  ['maxOutputTokens', { maxOutputTokens: 13 }, 'maxOutputTokens'],
])('%s applies to a run and all runs below it together', async (_, limits, name) => {
  const noop = tool({ name: 'noop', description: 'Does nothing.', handler: () => 'ok' })
  const below = scripted({ text: 'Half.', ...callOf('noop', {}) }, callOf('noop', {}), 'Never.')
  const helper = new Agent({ name: 'helper', model: below, tools: [noop] })
  const model = scripted({ text: 'I ask.', ...ask('helper') }, 'Never.')
  const lead = new Agent({ model, tools: [helper.asTool({ description })], limits })
  const result = await lead.invoke('Go')
  expect(result).toMatchObject({ stopReason: 'limitReached', text: 'I ask.', limit: { name } })
  expect(below.requests).toHaveLength(2)
  expect(model.requests).toHaveLength(1)
  expect(toolResults({ ...model.requests[0], messages: lead.messages } as never)).toMatchObject([
    { content: [{ text: expect.stringContaining(`Half.\n\n(The agent helper stopped at`) }] },
  ])
})

test("an agent's own limits apply when it is a tool, and its failure is an error result whose usage counts", async () => {
  const failing = new AgentError({
    code: 'contentPolicy',
    message: 'No.',
    hint: 'Rephrase.',
    status: 400,
  })
  const noop = tool({ name: 'noop', description: 'Does nothing.', handler: () => 'ok' })
  const helper = new Agent({
    name: 'helper',
    model: scripted(callOf('noop', {}), failing),
    tools: [noop],
  })
  const short = new Agent({
    name: 'short',
    model: scripted(callOf('noop', {}), 'Never.'),
    tools: [noop],
    limits: { maxCostUsd: 0.001 },
  })
  const model = scripted(asking('helper', 'short'), 'Done.')
  const lead = new Agent({
    model,
    tools: [helper.asTool({ description }), short.asTool({ description })],
  })
  const result = await lead.invoke('Go')
  expect(toolResults(model.requests[1])).toMatchObject([
    {
      status: 'error',
      content: [{ text: 'The agent helper failed (contentPolicy): No. Rephrase.' }],
    },
    { status: 'error', content: [{ text: expect.stringContaining('maxCostUsd (0.001) before') }] },
  ])
  expect(result.usage?.totalTokens).toBe(4 * 15)
})

test('cancellation ends the agents below, and what they had spent is counted', async () => {
  const noop = tool({ name: 'noop', description: 'Does nothing.', handler: () => 'ok' })
  const helper = new Agent({
    name: 'helper',
    model: scripted(callOf('noop', {}), 'hang'),
    tools: [noop],
  })
  const lead = new Agent({
    model: scripted(ask('helper')),
    tools: [helper.asTool({ description })],
  })
  const cancel = new AbortController()
  let calls = 0
  let result: unknown
  for await (const event of lead.stream('Go', { signal: cancel.signal })) {
    if (event.type === 'childEvent' && event.event.type === 'cycleStart' && ++calls === 2)
      cancel.abort('Stop.')
    if (event.type === 'result') result = event.result
  }
  expect(result).toMatchObject({
    stopReason: 'cancelled',
    usage: { totalTokens: 30 },
    metrics: { costUsd: null, agents: { helper: { cycles: 2 } } },
  })
})

test('a hook that pauses the clock also pauses the clocks of the runs above', async () => {
  const helper = new Agent({
    name: 'helper',
    model: scripted(callOf('noop', {}), 'Half.'),
    tools: [tool({ name: 'noop', description: 'Does nothing.', handler: () => 'ok' })],
    hooks: {
      beforeToolCall: async ({ pauseClock }) => {
        pauseClock()
        await sleep(800)
      },
    },
  })
  const lead = new Agent({
    model: scripted(ask('helper'), 'Done.'),
    tools: [helper.asTool({ description })],
    limits: { timeoutSeconds: 0.5 },
  })
  expect(await lead.invoke('Go')).toMatchObject({ stopReason: 'endTurn', text: 'Done.' })
})

test('a tool that runs an agent elsewhere can report its spending', async () => {
  const remote = tool({
    name: 'remote',
    description,
    handler: async (_, { run }) => {
      const { usage, metrics } = await new Agent({ model: scripted('Far.') }).invoke('Go')
      run?.report('far', { usage, metrics })
      return run?.remaining() as never
    },
  })
  const model = scripted(callOf('remote', {}), 'Done.')
  const lead = new Agent({ model, tools: [remote], limits: { maxCostUsd: 1, timeoutSeconds: 60 } })
  const result = await lead.invoke('Go')
  expect(result.metrics).toMatchObject({ costUsd: 0.003, agents: { far: { runs: 1 } } })
  const json = { maxCostUsd: expect.closeTo(0.998), timeoutSeconds: expect.closeTo(60, -1) }
  expect(toolResults(model.requests[1])).toMatchObject([{ content: [{ json }] }])
})

test("asTool checks the tool's name and description", () => {
  const agent = new Agent({ model: scripted() })
  expect(() => agent.asTool({ description })).toThrow('not a valid tool name')
  expect(() => agent.asTool({ name: 'a', description: '' })).toThrow('has no description')
})
