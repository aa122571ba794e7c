import { expect } from 'vitest'
import type { JsonObject } from '../../src/util/json.js'
import type { Exception } from './exceptions.js'

type Sent = JsonObject & { input: JsonObject[] }

const failed = { text: null, stopReason: null, usage: null as never }
const unknownUsage = 'A call that broke off has unknown usage.'

/** Adds to the body of the second request what the first response returned. */
const withReasoning = (reason: string, encrypted: JsonObject): Exception => ({
  reason,
  body: (body, index) => {
    const { input } = body as Sent
    return index === 0
      ? body
      : { ...body, input: [...input.slice(0, 1), encrypted, ...input.slice(1)] }
  },
})

const reasoningItem = {
  id: 'rs_10',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'I need the calculator.' }],
  encrypted_content: 'ENC-1',
}

/** Like test/golden/exceptions.ts: where we do not do what Strands and LiteLLM did, and why. */
export const responsesExceptions: Record<string, Exception> = {
  'responses-azure-prefix': {
    reason: 'We stream; LiteLLM does not where it does not know the model.',
    body: (body) => ({ ...body, stream: true }),
  },
  'responses-encrypted-reasoning': withReasoning(
    'Reasoning goes back before the call it led to; LiteLLM loses it (the weakness of the case).',
    reasoningItem,
  ),
  'responses-error-400': {
    reason: 'The code in the body says what the error is.',
    outcome: { errorCode: 'unsupportedParams' },
  },
  'responses-error-400-overflow': {
    reason: 'The code says that the input is too long (the weakness of the case).',
    outcome: { errorCode: 'contextWindowOverflow' },
  },
  'responses-error-429': {
    reason:
      'One retry policy for every wire (the weakness of the case): the one retry allowed is used.',
    requests: 2,
  },
  'responses-error-500': {
    reason:
      'One retry policy for every wire (the weakness of the case): the one retry allowed is used.',
    requests: 2,
  },
  'responses-error-event': {
    reason: 'The event has a message and a code (the weakness of the case).',
    outcome: { errorCode: 'providerError' },
  },
  'responses-failed-event-first': {
    reason: 'The code is that of a rate limit, and nothing was sent on: retried (the weakness).',
    outcome: { errorCode: 'rateLimit' },
    requests: 2,
  },
  'responses-failed-nonstream': {
    reason: 'The reply has a message and a code (the weakness of the case).',
    outcome: { errorCode: 'providerError' },
    requests: 2,
  },
  'responses-params-cache-retention': {
    reason: 'Responses has prompt_cache_retention; LiteLLM drops it (the weakness of the case).',
    body: (body) => ({ ...body, prompt_cache_retention: '24h' }),
  },
  'responses-perplexity-tool': {
    reason:
      "Perplexity's Responses API takes function tools; LiteLLM goes by its chat completions.",
    requests: 1,
    outcome: {
      errorCode: null,
      text: 'Once upon a time.',
      stopReason: 'endTurn',
      usage: expect.anything() as never,
    },
  },
  'responses-refusal-nonstream': {
    reason: 'The refusal is the text, and the run was filtered (the weakness of the case).',
    outcome: { text: 'I will not.', stopReason: 'contentFiltered' },
  },
  'responses-stream-cut': {
    reason: `A stream without a terminal event is cut off (the weakness). ${unknownUsage}`,
    outcome: { ...failed, errorCode: 'connection' },
  },
  'responses-tool-error': {
    reason: 'The result of a tool that fails does not name a class of Python.',
    outcome: { toolCalls: expect.anything() as never },
    body: (body, index) => {
      const { input } = body as Sent
      const output = [{ type: 'input_text', text: 'Error: tool exploded: test' }]
      return index === 0
        ? body
        : { ...body, input: input.map((item) => (item.output ? { ...item, output } : item)) }
    },
  },
  'responses-tool-choice-named': {
    reason: 'Parameters hold for every call of a run; the recording leaves them out of the second.',
    body: (body) => ({ ...body, tool_choice: { type: 'function', name: 'calculator' } }),
  },
  'responses-tool-schema': {
    reason: 'OpenAI refuses a list without `items`; LiteLLM sends it as it is.',
    body: (body) => {
      const sent = structuredClone(body) as JsonObject & {
        tools: { parameters: { properties: { tags: JsonObject } } }[]
      }
      for (const { parameters } of sent.tools) parameters.properties.tags.items = {}
      return sent
    },
  },
}
