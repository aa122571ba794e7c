import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  Agent,
  AgentError,
  type AgentEvent,
  AgentResult,
  calculator,
  ToolFailure,
  tool,
} from '../../src/index.js'
import { callOf } from '../helpers/conversation.js'
import { ScriptedModel, type Step } from '../helpers/scripted-model.js'

const Book = z
  .object({ title: z.string(), rating: z.number().int().min(1).max(10) })
  .meta({ title: 'Book', description: 'A book.' })

function scripted(...steps: Step[]): ScriptedModel {
  return new ScriptedModel(steps)
}

test('an agent runs its tools, keeps its conversation and reports its usage', async () => {
  const model = scripted(callOf('calculator', { expression: '2+2' }), 'It is 4.', 'Again 4.')
  const agent = new Agent({ model, tools: [calculator], systemPrompt: 'Be brief.' })
  const first = await agent.invoke('What is 2+2')
  expect(first).toBeInstanceOf(AgentResult)
  expect(String(first)).toBe('It is 4.')
  expect(first).toMatchObject({
    stopReason: 'endTurn',
    usage: { inputTokens: 20, outputTokens: 10, totalTokens: 30 },
    metrics: { tools: { calculator: { calls: 1, errors: 0 } } },
  })
  const second = await agent.invoke('Sure?')
  expect(second.usage?.totalTokens).toBe(15)
  expect(second.metrics.accumulatedUsage?.totalTokens).toBe(45)
  expect(agent.messages).toHaveLength(6)
  expect(agent.messages[2]?.content).toEqual([
    { toolResult: { toolUseId: 'call_1', status: 'success', content: [{ text: 'Result: 4' }] } },
  ])
})

test('a stream yields plain events and returns the result', async () => {
  const agent = new Agent({ model: scripted('Hello there.') })
  const types: string[] = []
  const events = agent.stream('Hi')
  let last = await events.next()
  for (; !last.done; last = await events.next()) types.push(last.value.type)
  expect(types).toEqual(['cycleStart', 'textDelta', 'cycleEnd', 'message', 'result'])
  expect(last.value.text).toBe('Hello there.')
  expectTypeOf<typeof events>().toEqualTypeOf<AsyncGenerator<AgentEvent, AgentResult<unknown>>>()
})

test('an agent can continue a given conversation', async () => {
  const model = scripted('Your name is Ada.')
  const messages = [
    { role: 'user' as const, content: [{ text: 'I am Ada.' }] },
    { role: 'assistant' as const, content: [{ text: 'Hello Ada.' }] },
  ]
  await new Agent({ model, messages }).invoke('Who am I?')
  expect(model.requests[0]?.messages).toHaveLength(3)
})

test('outputSchema is offered as a tool with the others, and its object is typed', async () => {
  const model = scripted(
    callOf('Book', { title: 'T', rating: 42 }),
    callOf('Book', { title: 'T', rating: 9 }),
  )
  const agent = new Agent({ model, tools: [calculator] })
  const result = await agent.invoke('Rate it.', { outputSchema: Book })
  expectTypeOf(result.output).toEqualTypeOf<{ title: string; rating: number } | undefined>()
  expect(result.output).toEqual({ title: 'T', rating: 9 })
  expect(model.requests[0]?.tools.map(({ name }) => name)).toEqual(['calculator', 'Book'])
  expect(JSON.stringify(model.requests[1]?.messages)).toContain(
    "- Field 'rating': Too big: expected number to be <=10",
  )
})

test('structuredOutput requests only the object and does not change the conversation', async () => {
  const model = scripted(callOf('Book', { title: 'T', rating: 9 }))
  const agent = new Agent({ model, tools: [calculator] })
  const { output, stopReason, usage } = await agent.structuredOutput(Book, 'Rate it.')
  expectTypeOf(output).toEqualTypeOf<{ title: string; rating: number }>()
  expect(output).toEqual({ title: 'T', rating: 9 })
  expect({ stopReason, total: usage?.totalTokens }).toEqual({ stopReason: 'toolUse', total: 15 })
  expect(model.requests[0]).toMatchObject({
    tools: [{ name: 'Book' }],
    toolChoice: { type: 'any' },
  })
  expect(agent.messages).toEqual([])
})

const noTools = new AgentError({
  code: 'invalidRequest',
  message: 'This model does not support tools.',
  hint: 'None.',
  status: 400,
})

test('outputSchema falls back to text if the model rejects tools and the agent has none', async () => {
  const model = scripted(noTools, '{"title":"T","rating":42}', '{"title":"T","rating":9}')
  const result = await new Agent({ model }).invoke('Rate it.', { outputSchema: Book })
  expect(result).toMatchObject({ output: { title: 'T', rating: 9 }, attempts: 2 })
  expect(model.requests.map(({ tools }) => tools.length)).toEqual([1, 0, 0])
  expect(JSON.stringify(model.requests[1]?.messages)).toContain('Answer with one JSON object')
})

test("an agent's own tools are never dropped if the model rejects tools", async () => {
  const model = scripted(noTools, '{"title":"T","rating":9}')
  const agent = new Agent({ model, tools: [calculator] })
  await expect(agent.invoke('Rate it.', { outputSchema: Book })).rejects.toMatchObject({
    code: 'invalidRequest',
  })
  expect(model.requests).toHaveLength(1)
})

test('a JSON Schema gives an object of the type the caller states', async () => {
  const schema = {
    type: 'object',
    properties: { n: { type: 'number', default: 1 } },
  } as const
  const agent = new Agent({ model: scripted(callOf('StructuredOutput', {})) })
  const { output } = await agent.structuredOutput<{ n: number }>(schema, 'Count.')
  expect(output).toEqual({ n: 1 })
})

test('structuredOutput without a valid object fails with its usage', async () => {
  const invalid = callOf('Book', { title: 'T', rating: 42 })
  const agent = new Agent({ model: scripted(invalid, invalid, invalid) })
  const failure = agent.structuredOutput(Book, 'Rate it.', { maxAttempts: 2 })
  await expect(failure).rejects.toMatchObject({
    code: 'structuredOutput',
    usage: { totalTokens: 30 },
  })
  const limited = new Agent({ model: scripted(invalid), limits: { maxCycles: 1 } })
  await expect(limited.structuredOutput(Book, 'Rate it.')).rejects.toMatchObject({
    code: 'limitReached',
    message: 'The run reached maxCycles (1) before there was a valid object.',
    usage: { totalTokens: 15 },
    metrics: { cycles: [{ modelId: 'scripted' }] },
  })
})

test('an abort ends a run with a result and an extraction with an error', async () => {
  const agent = new Agent({ model: scripted('hang', 'hang') })
  const options = () => ({ signal: AbortSignal.timeout(20) })
  expect(await agent.invoke('Hi', options())).toMatchObject({ stopReason: 'cancelled' })
  await expect(agent.structuredOutput(Book, 'Rate it.', options())).rejects.toMatchObject({
    code: 'cancelled',
  })
})

test('a handler gets parsed arguments, and its errors become results for the model', async () => {
  const seen: unknown[] = []
  const repeat = tool({
    name: 'repeat',
    description: 'Repeats a text.',
    inputSchema: z.object({ text: z.string(), times: z.number().max(3).default(2) }),
    handler: async (input, context) => {
      expectTypeOf(input).toEqualTypeOf<{ text: string; times: number }>()
      seen.push(input, context.toolUseId)
      if (input.text === 'fail') throw new ToolFailure('No.')
      return input.text.repeat(input.times)
    },
  })
  expect(repeat.spec.inputSchema).toMatchObject({ type: 'object', required: ['text'] })
  const model = scripted(
    callOf('repeat', { text: 'a' }),
    callOf('repeat', { text: 'a', times: 4 }),
    callOf('repeat', { text: 'fail' }),
    'Done.',
  )
  const agent = new Agent({ model, tools: [repeat] })
  await agent.invoke('Go.')
  const results = agent.messages.flatMap(({ content }) =>
    content.flatMap((block) => ('toolResult' in block ? block.toolResult.content : [])),
  )
  expect(results).toEqual([
    { text: 'aa' },
    {
      text: 'Error: the arguments for repeat do not match its schema:\n- times: Too big: expected number to be <=3\nCall it again with valid arguments.',
    },
    { text: 'No.' },
  ])
  expect(seen).toEqual([{ text: 'a', times: 2 }, 'call_1', { text: 'fail', times: 2 }, 'call_3'])
})

test('a tool can have a JSON Schema or no arguments', async () => {
  const now = tool({ name: 'now', description: 'Says now.', handler: () => ({ now: true }) })
  const add = tool({
    name: 'add',
    description: 'Adds.',
    inputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
    handler: ({ n }) => {
      expectTypeOf<typeof n>().not.toBeAny()
      return [{ text: String(Number(n) + 1) }]
    },
  })
  const calls = [
    { name: 'now', input: {} },
    { name: 'add', input: { n: 1 } },
    { name: 'add', input: { n: 'x' } },
  ]
  const agent = new Agent({ model: scripted({ calls }, 'Done.'), tools: [now, add] })
  await agent.invoke('Go.')
  expect(agent.messages[2]?.content).toMatchObject([
    { toolResult: { content: [{ json: { now: true } }] } },
    { toolResult: { content: [{ text: '2' }] } },
    {
      toolResult: {
        status: 'error',
        content: [{ text: expect.stringContaining('- n: must be number') }],
      },
    },
  ])
})

const model = scripted()
const handler = () => 'x'
const good = { name: 'a', description: 'A tool.', handler }

test.each<[string, () => unknown, string]>([
  [
    'a misspelt key',
    () => new Agent({ model, sytemPrompt: 'x' } as never),
    'unknown key "sytemPrompt"',
  ],
  ['no configuration', () => new Agent(undefined as never), 'Agent must be an object.'],
  ['no model', () => new Agent({} as never), 'The agent has no model.'],
  [
    'a wrong limit',
    () => new Agent({ model, limits: { maxCycle: 1 } as never }),
    'unknown key "maxCycle"',
  ],
  ['a value that is not a tool', () => new Agent({ model, tools: [{} as never] }), 'not a tool'],
  [
    'two of one name',
    () => new Agent({ model, tools: [calculator, calculator] }),
    'Two tools are named calculator.',
  ],
  ['a bad tool name', () => tool({ ...good, name: 'a b' }), '"a b" is not a valid tool name'],
  ['no description', () => tool({ ...good, description: ' ' }), 'The tool a has no description.'],
  [
    'no handler',
    () => tool({ ...good, handler: undefined as never }),
    'The tool a has no handler.',
  ],
  ['a misspelt tool key', () => tool({ ...good, schema: {} } as never), 'unknown key "schema"'],
  [
    'a schema that is not of an object',
    () => tool({ ...good, inputSchema: { type: 'string' } }),
    'does not describe an object',
  ],
  [
    'an unknown option',
    () => new Agent({ model }).stream('x', { limit: {} } as never),
    'unknown key "limit"',
  ],
])('%s is a configuration error', (_, make, message) => {
  expect(make).toThrow(AgentError)
  expect(make).toThrow(expect.objectContaining({ code: 'configuration' }))
  expect(make).toThrow(message)
})

test('a configuration error names the most similar valid key', () => {
  const make = () => new Agent({ model, system_prompt: 'x' } as never)
  expect(make).toThrow(
    expect.objectContaining({
      hint: 'Did you mean "systemPrompt"? Valid keys: name, model, tools, systemPrompt, messages, limits, hooks, approval, conversationManager.',
    }),
  )
})

test('invalid schemas fail before any model call', async () => {
  const bad = { type: 'object', properties: { a: { type: 'text' } } }
  const silent = scripted('never')
  const agent = new Agent({ model: silent })
  await expect(agent.invoke('Hi', { outputSchema: bad })).rejects.toMatchObject({
    code: 'invalidRequest',
  })
  const withTool = new Agent({ model: silent, tools: [tool({ ...good, inputSchema: bad })] })
  await expect(withTool.invoke('Hi')).rejects.toMatchObject({ code: 'configuration' })
  await expect(agent.invoke('Hi', { maxAttempts: 0 })).rejects.toMatchObject({
    code: 'invalidRequest',
  })
  expect(silent.requests).toEqual([])
})
