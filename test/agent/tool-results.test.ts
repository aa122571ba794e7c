import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { toolResultContent } from '../../src/agent/tools/tool.js'
import { Agent, LiteLLMModel, tool } from '../../src/index.js'
import { callOf, toolResults } from '../helpers/conversation.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { ScriptedModel } from '../helpers/scripted-model.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** Uses a real wire, so that a result that cannot be sent is noticed. */
function agentReturning(output: unknown, modelId: string) {
  const api_base = modelId.startsWith('anthropic/') ? fake.url : `${fake.url}/v1`
  const look = tool({
    name: 'look',
    description: 'Looks.',
    handler: () => output as never,
  })
  fake.script(
    { toolCalls: [{ id: 'a', name: 'look', arguments: {} }] },
    { text: 'Seen.' },
    { text: 'Still here.' },
  )
  const model = new LiteLLMModel(
    { modelId, clientArgs: { api_key: 'sk-test-0123456789', api_base } },
    { env: {} },
  )
  return new Agent({ model, tools: [look] })
}

const circular: Record<string, unknown> = {}
circular.self = circular

const models = ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-6']

test.each(
  models.flatMap((modelId) => [
    [modelId, { id: 10n }, 'BigInt'] as const,
    [modelId, circular, 'circular'] as const,
    [modelId, [{ json: { id: 10n } }], 'BigInt'] as const,
  ]),
)(
  '%s: a tool result that is not JSON (%o) becomes an error result',
  async (modelId, output, why) => {
    const agent = agentReturning(output, modelId)
    const first = await agent.invoke('Look.')
    expect(first).toMatchObject({ text: 'Seen.', metrics: { tools: { look: { errors: 1 } } } })
    expect(JSON.stringify(agent.messages[2])).toContain('Error: The result is not JSON')
    expect(fake.modelRequests[1]?.rawBody).toContain(why)
    expect(await agent.invoke('And?')).toMatchObject({ text: 'Still here.' })
  },
)

test.each(
  models.flatMap((modelId) => [
    [modelId, [{ image: 'http://x/y.png' }]] as const,
    [modelId, [{ text: 42 }, { text: 'a' }]] as const,
    [modelId, [{ document: { format: 'pdf', source: { url: 'http://x/y.pdf' } } }]] as const,
    [modelId, [{ image: { format: 'png', source: {} } }]] as const,
  ]),
)('%s: rows with the keys of content blocks (%o) are kept as JSON', async (modelId, rows) => {
  const agent = agentReturning(rows, modelId)
  expect(await agent.invoke('Look.')).toMatchObject({ text: 'Seen.' })
  expect(agent.messages[2]?.content).toEqual([
    { toolResult: { toolUseId: 'a', status: 'success', content: [{ json: rows }] } },
  ])
})

test("later changes of a handler's return value do not reach the conversation", async () => {
  const rows = [1]
  const grow = tool({ name: 'grow', description: 'Grows.', handler: () => rows })
  const model = new ScriptedModel([callOf('grow', {}), 'Done.', 'Again.'])
  const agent = new Agent({ model, tools: [grow] })
  await agent.invoke('Go')
  rows.push(2)
  await agent.invoke('On')
  expect(toolResults(model.requests[2])[0]?.content).toEqual([{ json: [1] }])
})

test('toolResultContent keeps content blocks and copies other values as JSON', () => {
  const source = { url: 'https://x/y' }
  expect(toolResultContent(undefined)).toEqual([])
  expect(toolResultContent('a')).toEqual([{ text: 'a' }])
  expect(toolResultContent({ at: new Date(0), none: undefined } as never)).toEqual([
    { json: { at: '1970-01-01T00:00:00.000Z' } },
  ])
  expect(toolResultContent((() => 1) as never)).toEqual([])
  const blocks = [
    { text: 'a' },
    { json: [1] },
    { image: { format: 'png' as const, source } },
    { document: { format: 'pdf' as const, name: 'd', source } },
  ]
  expect(toolResultContent(blocks)).toEqual(blocks)
  const bytes = new Uint8Array([104, 105]) as never
  expect(toolResultContent([{ image: { format: 'png', source: { bytes } } }])).toEqual([
    { image: { format: 'png', source: { bytes: 'aGk=' } } },
  ])
})
