import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Agent, AgentError, LiteLLMModel } from '../../src/index.js'
import { type FakeProvider, type Step, startFakeProvider } from '../helpers/fake-provider/index.js'
import { bedrockRoute, callError, says } from './bedrock-call.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

function agent(modelId: string, clientArgs = {}) {
  const api_base = modelId.startsWith('anthropic/') ? fake.url : `${fake.url}/v1`
  const args = { api_key: 'sk-test-0123456789', api_base, num_retries: 0, ...clientArgs }
  return new Agent({ model: new LiteLLMModel({ modelId, clientArgs: args }, { env: {} }) })
}

/** What a run spent, as its result or its error has it. */
async function spent(run: Promise<{ usage: unknown; metrics: unknown }>) {
  return run.catch((error: unknown) => {
    expect(error).toBeInstanceOf(AgentError)
    return error as AgentError
  })
}

const claude = 'anthropic/claude-sonnet-4-6'
const claudeUsage = { input_tokens: 100, cache_creation_input_tokens: 1357, output_tokens: 40 }
/** As `message_start` had it. */
const soFar = { inputTokens: 1457, outputTokens: 1, cacheWriteInputTokens: 1357 }
const errorEvent =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."}}\n\n'

const breaks: [string, Step, object, object][] = [
  ['the socket breaks', { end: 'reset' }, {}, { code: 'connection' }],
  ['the time for a call is over', { end: 'hang' }, { timeout: 0.3 }, { code: 'timeout' }],
  [
    'an error comes as an event',
    {
      rewrite: ({ content }) => ({ content, closing: [{ bytes: errorEvent, isContent: false }] }),
    },
    {},
    { code: 'providerError' },
  ],
  [
    'a stream ends without its end',
    { end: 'noDone', stopReason: null, rewrite: ({ content }) => ({ content, closing: [] }) },
    {},
    { code: 'connection' },
  ],
]

test.each(breaks)(
  'Claude: where %s, what it had told of its usage is kept',
  async (_, step, args, how) => {
    fake.script({ text: 'Once upon', usage: claudeUsage, ...step })
    const error = await spent(agent(claude, args).invoke('Hi'))
    expect(error).toMatchObject({
      ...how,
      usage: soFar,
      metrics: { costUsd: null, costSource: 'unknown', cycles: [{ usage: soFar, costUsd: null }] },
    })
  },
)

test('Claude: a cancel keeps what had been told of the usage', async () => {
  fake.script({ text: 'Once upon', usage: claudeUsage, end: 'hang' })
  const cancel = new AbortController()
  const talker = agent(claude)
  const events = talker.stream('Hi', { signal: cancel.signal })
  let last = await events.next()
  for (; !last.done; last = await events.next()) if (last.value.type === 'textDelta') cancel.abort()
  expect(last.value).toMatchObject({
    stopReason: 'cancelled',
    usage: soFar,
    metrics: { costUsd: null, accumulatedUsage: soFar },
  })
})

const chatUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

test('chat: a stream without a finish reason costs what its usage says', async () => {
  fake.script({ text: 'Once upon', usage: chatUsage, stopReason: null })
  const error = await spent(agent('openai/gpt-4o-mini').invoke('Hi'))
  expect(error).toMatchObject({
    code: 'connection',
    usage: { inputTokens: 10, outputTokens: 5 },
    metrics: { costSource: 'computed', costUsd: expect.closeTo(10 * 15e-8 + 5 * 6e-7, 10) },
  })
})

test('chat: of a stream that breaks off, the usage so far is no cost', async () => {
  const rewrite: Step['rewrite'] = ({ content, closing }) => ({
    content: content.map((event) => ({
      ...event,
      bytes: String(event.bytes).replace(/\}\n\n$/, `,"usage":${JSON.stringify(chatUsage)}}\n\n`),
    })),
    closing,
  })
  fake.script({ text: 'Once upon', usage: chatUsage, end: 'reset', rewrite })
  const error = await spent(agent('openai/gpt-4o-mini').invoke('Hi'))
  expect(error).toMatchObject({
    code: 'connection',
    usage: { inputTokens: 10, outputTokens: 5 },
    metrics: { costUsd: null },
  })
})

test('Bedrock: an answer that it could not read was paid', async () => {
  const usage = { inputTokens: 20, outputTokens: 7, totalTokens: 27 }
  fake.script({ text: 'Hm', stopReason: 'malformed_tool_use', usage })
  const error = await callError(says('Hi'), { route: bedrockRoute(fake.url) })
  expect(error).toMatchObject({ code: 'providerError', usage })
})
