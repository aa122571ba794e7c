import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Message } from '../../src/agent/messages/content.js'
import { repairHistory } from '../../src/agent/messages/history.js'
import type { ModelReply, ModelRequest } from '../../src/agent/model.js'
import { LiteLLMModel } from '../../src/index.js'
import { resolveRoute } from '../../src/litellm/routes/route.js'
import { callSettings } from '../../src/litellm/settings.js'
import { messagesRequest } from '../../src/litellm/wires/anthropic-messages/request.js'
import { converseRequest } from '../../src/litellm/wires/bedrock-converse/request.js'
import { converseProblem } from '../helpers/fake-provider/bedrock-rules.js'
import { type FakeProvider, type Step, startFakeProvider } from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'
import { reportTrust } from '../helpers/trust.js'
import { history } from './arbitraries.js'
import { many, runs } from './runs.js'
import { messagesProblem } from './valid-messages.js'

let fake: FakeProvider
let properties = 0

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(async () => {
  await fake.close()
  reportTrust('properties: wires', { properties, runs: runs.total })
})

const aws = {
  aws_region_name: 'us-east-1',
  aws_access_key_id: 'AKIATEST',
  aws_secret_access_key: 'secret-test',
}
const prompt: Message = { role: 'user', content: [{ text: 'Go on.' }] }
const lookup = { name: 'lookup', description: 'Looks up', inputSchema: { type: 'object' } }

function callOf(modelId: string, messages: readonly Message[]) {
  const clientArgs = { api_key: testKey, api_base: 'http://127.0.0.1:1', ...aws }
  const route = resolveRoute({ modelId, clientArgs }, {})
  const request: ModelRequest = {
    messages: repairHistory([...messages, prompt]),
    system: [{ text: 'Help.' }],
    tools: [lookup],
  }
  const { signal } = new AbortController()
  const settings = callSettings({ clientArgs }, route)
  return { request, route, settings, info: undefined, stream: true, signal }
}

test('the Messages API takes what is made of any history', async () => {
  await fc.assert(
    fc.property(history, (messages) => {
      const { body } = messagesRequest(callOf('anthropic/claude-sonnet-4-6', messages))
      expect(messagesProblem(body.messages as never)).toBeNull()
    }),
    many(300, 20_000),
  )
  properties++
}, 600_000)

test('Converse takes what is made of any history', async () => {
  await fc.assert(
    fc.property(history, (messages) => {
      const call = callOf('bedrock/anthropic.claude-sonnet-4-6', messages)
      expect(converseProblem(converseRequest(call).input as never)).toBeNull()
    }),
    many(300, 20_000),
  )
  properties++
}, 600_000)

const words = fc.string({ unit: 'grapheme', maxLength: 30 })
const answer: fc.Arbitrary<Step> = fc.record(
  {
    chunks: fc.array(
      words.filter((text) => text !== ''),
      { minLength: 1, maxLength: 4 },
    ),
    reasoning: fc.record({ text: words.map((text) => `Well. ${text}`) }),
    toolCalls: fc.array(
      fc.record({
        id: fc.constantFrom('call_1', 'call_2'),
        name: fc.constant('lookup'),
        arguments: fc.dictionary(words, words, { maxKeys: 3 }),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['chunks'] },
)

const models = [
  'openai/gpt-4o-mini',
  'anthropic/claude-sonnet-4-6',
  'bedrock/amazon.nova-lite-v1:0',
]

test.each(models)(
  'an answer of %s means the same however its bytes arrive',
  async (modelId) => {
    const base = modelId.startsWith('openai') ? `${fake.url}/v1` : fake.url
    const model = new LiteLLMModel(
      {
        modelId,
        clientArgs: { api_key: testKey, api_base: base, ...(modelId.startsWith('bedrock') && aws) },
      },
      { env: {} },
    )
    await fc.assert(
      fc.asyncProperty(answer, fc.integer({ min: 1, max: 60 }), async (step, splitBytes) => {
        expect(await said(model, { ...step, splitBytes })).toEqual(await said(model, step))
      }),
      many(25, 1_000),
    )
    properties++
  },
  600_000,
)

/** All that a model says to a caller, but for when. */
async function said(model: LiteLLMModel, step: Step) {
  fake.reset()
  fake.script(step)
  const request: ModelRequest = { messages: [prompt], system: [], tools: [lookup] }
  const deltas: Record<string, string> = {}
  let reply: ModelReply | undefined
  for await (const event of model.stream(request, { signal: AbortSignal.timeout(10_000) }))
    if (event.type === 'reply') reply = event.reply
    else if ('text' in event) deltas[event.type] = (deltas[event.type] ?? '') + event.text
  const { message, rawStopReason, usage } = reply ?? {}
  // Ids that a provider gives twice are made anew.
  const settled = JSON.stringify({ message, rawStopReason, usage })
  return { deltas, said: settled.replace(/call_[\da-f-]{36}/g, 'made up') }
}
