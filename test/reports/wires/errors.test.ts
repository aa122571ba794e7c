import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Agent, type AgentError } from '../../../src/index.js'
import { type FakeProvider, startFakeProvider } from '../../helpers/fake-provider/index.js'
import { chatStream, modelAt } from './calling.js'

let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const models = [
  'openai/gpt-4o',
  'anthropic/claude-sonnet-4-6',
  'openai/responses/gpt-5.6',
  'litellm_proxy/any',
]

async function failure(modelId: string, stream?: boolean): Promise<AgentError> {
  const model = modelAt(fake, modelId, stream === undefined ? {} : { stream })
  return new Agent({ model }).invoke('Hi').then(
    (result) => {
      throw new Error(`The call succeeded: ${result.text}`)
    },
    (error: AgentError) => error,
  )
}

describe('wires: the provider’s own words reach the user from every form of error body', () => {
  test.each<[string, string | object]>([
    ['an error object', { error: { message: 'the reason', type: 'invalid_request_error' } }],
    ['gemini-error-list', [{ error: { code: 400, message: 'the reason', status: 'INVALID' } }]],
    ['error-string', { error: 'the reason', code: 'x' }],
    ['fastapi-detail-str', { detail: 'the reason' }],
    ['a list of details', { detail: [{ loc: ['body', 'a'], msg: 'the reason' }] }],
    ['mistral-422-detail', { object: 'error', message: { detail: [{ msg: 'the reason' }] } }],
    ['errors[]', { errors: [{ message: 'the reason' }] }],
    ['msg', { code: 400, msg: 'the reason', success: false }],
    ['JSON inside text', { error: { message: '{"error":{"message":"the reason"}}' } }],
    [
      'openrouter-metadata-raw',
      {
        error: {
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"message":"the reason"}}' },
        },
      },
    ],
    ['plain-text-error', 'the reason'],
    ['html-502', '<html><head><title>the reason</title></head><body></body></html>'],
  ])('%s', async (_, body) => {
    for (const modelId of models) {
      fake.reset()
      fake.script({ raw: { status: 400, body } })
      const { message } = await failure(modelId)
      expect(message).toContain('the reason')
      expect(message).not.toContain('<html')
    }
  })

  test('zai-200-error: an error with a success status is an error', async () => {
    fake.script({ raw: { status: 200, body: { code: 500, msg: '404 NOT_FOUND', success: false } } })
    expect((await failure('zai/glm-4.6', false)).message).toContain('404 NOT_FOUND')
  })

  test.each([
    [
      'vllm-stream-object-error',
      'data: {"object":"error","message":"maximum context length is 4096","code":400}\n\n',
    ],
    [
      'llamacpp-error-field',
      'error: {"code":400,"message":"the request exceeds the available context size"}\n\n',
    ],
  ])('%s: an error in a stream has its code', async (_, event) => {
    fake.script({ rawEvents: [event] })
    expect((await failure('hosted_vllm/x')).code).toBe('contextWindowOverflow')
  })
})

describe('wires: codes and retry windows', () => {
  const quota = (message: string, details: object[] = []) => ({
    raw: {
      status: 429,
      body: { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } },
    },
  })

  test.each([
    ['gemini-429-object', quota('You exceeded your current quota. Please retry in 1.2s.'), 1200],
    ['gemini-429-delay', quota('Exhausted (e.g. check quota).', [{ retryDelay: '3s' }]), 3000],
    ['a duration in minutes', quota('Rate limit reached. Please try again in 1m2.5s.'), 62_500],
    [
      'x-ratelimit-reset',
      {
        raw: {
          status: 429,
          body: { error: { message: 'slow down' } },
          headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' },
        },
      },
      360_000,
    ],
  ])('%s is a rate limit with a window', async (_, step, delayMs) => {
    fake.script(step)
    expect(await failure('gemini/gemini-2.5-flash')).toMatchObject({
      code: 'rateLimit',
      retryable: true,
      retryAfterMs: delayMs,
    })
  })

  test('a quota without a window is an empty account, which is not retried', async () => {
    fake.script(quota('You exceeded your current quota, please check your plan.'))
    expect(await failure('openai/gpt-4o')).toMatchObject({
      code: 'budgetExceeded',
      retryable: false,
    })
  })

  test('a wait of more than a day is not a retry window', async () => {
    fake.script({
      raw: {
        status: 429,
        body: { error: { message: 'limit' } },
        headers: { 'retry-after': '90000' },
      },
    })
    const error = await failure('openai/gpt-4o')
    expect([error.retryable, error.retryAfterMs]).toEqual([false, undefined])
  })

  test('error-string: a key that is refused with status 400 is an authentication error', async () => {
    fake.script({ raw: { status: 400, body: { error: 'Incorrect API key provided: sk***.' } } })
    expect((await failure('xai/grok-4')).code).toBe('authentication')
  })

  test.each([
    'The number of tokens to keep from the initial prompt is greater than the context length.',
    'the model is loaded with context length of only 4096 tokens, which is not enough',
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.',
    'Range of input length should be [1, 129024]',
    'prompt token count of 140000 exceeds the limit of 128000',
    'The decoder prompt (length 5000) is longer than the maximum model length of 4096.',
  ])('overflow words: %s', async (message) => {
    fake.script({ raw: { status: 400, body: { error: { message } } } })
    expect((await failure('openai_like/x')).code).toBe('contextWindowOverflow')
  })
})

describe('wires: an answer ends as its provider says', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  const ended = (finish: string) =>
    chatStream({ delta: { content: 'part of' } }, { finish, extra: { usage } })

  test.each(['error', 'abort', 'insufficient_system_resource', 'network_error', 'a-new-reason'])(
    'finish-%s is an error that keeps the text',
    async (finish) => {
      fake.script(ended(finish))
      expect(await failure('openai/gpt-4o')).toMatchObject({
        code: 'providerError',
        retryable: true,
        text: 'part of',
      })
    },
  )

  test.each([
    ['max_tokens', 'maxTokens'],
    ['model_context_window_exceeded', 'maxTokens'],
    ['sensitive', 'contentFiltered'],
    ['SAFETY', 'contentFiltered'],
    ['eos', 'endTurn'],
  ])('finish-%s is %s', async (finish, stopReason) => {
    fake.script(ended(finish))
    const result = await new Agent({ model: modelAt(fake, 'openai/gpt-4o') }).invoke('Hi')
    expect(result.stopReason).toBe(stopReason)
  })

  test('finish-emptystring: an empty reason counts only with the end of the stream', async () => {
    fake.script(ended(''))
    const result = await new Agent({ model: modelAt(fake, 'openai/gpt-4o') }).invoke('Hi')
    expect([result.text, result.stopReason]).toEqual(['part of', 'endTurn'])
    fake.script({
      rawEvents: [
        'data: {"choices":[{"index":0,"delta":{"content":"hal"},"finish_reason":""}]}\n\n',
      ],
    })
    expect((await failure('openai/gpt-4o')).code).toBe('connection')
  })
})
