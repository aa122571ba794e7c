import { expect } from 'vitest'
import type { JsonObject } from '../../src/util/json.js'

import type { CaseOutcome } from './run-case.js'

/**
 * A difference from Strands + LiteLLM, with its reason. `outcome` is what we return instead,
 * `requests` how many requests we send, and `body` what the body of request n has instead.
 * Everything else must equal the recording.
 */
export interface Exception {
  reason: string
  outcome?: Partial<CaseOutcome>
  requests?: number
  body?: (body: JsonObject, index: number) => JsonObject
}

type Part = JsonObject
type Sent = JsonObject & { messages: Part[] }

const noUsage = expect.toBeOneOf([
  null,
  { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
]) as never

const rejected = (code: string, reason: string): Exception => ({
  reason,
  requests: 0,
  outcome: { errorCode: code, text: null, stopReason: null, usage: noUsage, cycles: 0 },
})

const unknownUsage = 'An aborted call reports no usage: unknown is not zero.'
const moreRetries =
  'Five retries in direct mode (DESIGN §4); LiteLLM leaves the OpenAI client its two.'
const streams = 'The library streams unless stream: false (DESIGN §3); the older method does not.'

const streamed = (body: JsonObject) => ({
  ...body,
  stream: true,
  stream_options: { include_usage: true },
})

/** The schema is sent as given, under its own name. */
const anySchema = (body: JsonObject) => ({ ...body, tools: [expect.anything()] as never })

const book = {
  title: "The Hitchhiker's Guide to the Galaxy",
  author: 'Douglas Adams',
  genre: 'Science fiction comedy',
  summary: 'Arthur Dent travels through space after Earth is destroyed.',
  rating: 9,
}

/** An extraction reports its usage and is validated and retried; the older method does neither. */
const extraction = (outcome: Partial<CaseOutcome>, requests = 1): Exception => ({
  reason: `${streams} It also reports its usage, is validated, and is retried if invalid.`,
  outcome: {
    text: '',
    stopReason: 'toolUse',
    cycles: requests,
    usage: expect.anything() as never,
    ...outcome,
  },
  requests,
  body: streamed,
})

const failed = { text: null, stopReason: null }

const truncated: Exception = {
  reason:
    'A stream that ends without a finish reason is not a complete answer; its tools do not run.',
  requests: 1,
  outcome: { ...failed, errorCode: 'connection', usage: null, cycles: 1, toolCalls: [] },
}

/** A tool failure with another text. */
const toolFailure = (reason: string, text: string | RegExp, rawArguments?: string): Exception => {
  const matcher = typeof text === 'string' ? text : (expect.stringMatching(text) as never)
  return {
    reason,
    outcome: { toolCalls: expect.anything() as never },
    body: (body, index) =>
      index === 0
        ? body
        : {
            ...body,
            messages: (body as Sent).messages.map((message) => {
              if (message.role === 'tool' && /error|unknown/i.test(String(message.content)))
                return { ...message, content: matcher }
              return rawArguments && message.role === 'assistant'
                ? { ...message, tool_calls: [withArguments(message, rawArguments)] }
                : message
            }),
          },
  }
}

function withArguments(message: Part, text: string): Part {
  const [call] = message.tool_calls as Part[]
  return { ...call, function: { ...(call?.function as Part), arguments: text } }
}

const issues = (reason: string, pattern: RegExp): Exception => ({
  reason,
  outcome: { toolCalls: expect.anything() as never },
  body: (body, index) =>
    index === 0
      ? body
      : {
          ...body,
          messages: (body as Sent).messages.map((message) =>
            message.role === 'tool'
              ? { ...message, content: expect.stringMatching(pattern) as never }
              : message,
          ),
        },
})

const verbatimId = 'Ids are sent back byte for byte, and call and result have the same id.'

/** The recorded conversation with our form of a Gemini thought signature. */
const signature = (id: string, separateField: boolean): Exception => ({
  reason: verbatimId,
  body: (body, index) =>
    index === 0
      ? body
      : {
          ...body,
          messages: (body as Sent).messages.map((message) => {
            if (message.role === 'tool') return { ...message, tool_call_id: id }
            if (message.role !== 'assistant') return message
            const [call] = message.tool_calls as Part[]
            const extra = { provider_specific_fields: { thought_signature: 'c2ln' } }
            return { ...message, tool_calls: [{ ...call, id, ...(separateField && extra) }] }
          }),
        },
})

export const exceptions: Record<string, Exception> = {
  'cache-config-key': {
    reason: 'The parameter is sent; LiteLLM drops prompt_cache_retention silently.',
    body: (body) => ({ ...body, prompt_cache_retention: '24h' }),
  },
  'cache-system-double-point': {
    reason: 'Of two adjacent cache points the first is used; the second is in the cache report.',
    body: (body) => {
      const { messages } = body as Sent
      const content = ((messages[0] as Part).content as Part[]).map((part) =>
        part.cache_control ? { ...part, cache_control: { type: 'ephemeral', ttl: '1h' } } : part,
      )
      return { ...body, messages: [{ role: 'system', content }, ...messages.slice(1)] }
    },
  },
  'cancel-before-first-token': { reason: unknownUsage, outcome: { usage: null } },
  'cancel-mid-stream-message': { reason: unknownUsage, outcome: { usage: null } },
  'stream-break-early': {
    reason: 'A run whose consumer stops reading has no result.',
    outcome: { usage: noUsage, cycles: 0 },
  },
  'concurrent-invocation': {
    reason: 'Runs of one agent execute one at a time instead of failing.',
    requests: 2,
    outcome: {
      errorCode: null,
      stopReason: 'endTurn',
      text: 'Once upon a time there was a robot.',
      usage: expect.anything() as never,
    },
  },
  'content-image-location': rejected(
    'invalidRequest',
    'A block that cannot be sent is refused, not omitted.',
  ),
  'content-video': rejected(
    'invalidRequest',
    'A block that cannot be sent is refused before any call.',
  ),
  'error-200-error-body': {
    reason: 'The code in the body decides the error code.',
    outcome: { errorCode: 'budgetExceeded' },
  },
  'error-401-proxy-key': {
    reason: 'A proxy without a database reports a wrong key with type no_db_connection.',
    outcome: { errorCode: 'authentication' },
  },
  'error-429-anthropic': { reason: 'One retry policy for every wire.', requests: 6 },
  'error-529-anthropic': { reason: 'One retry policy for every wire.', requests: 6 },
  'params-unsupported-anthropic': {
    reason: 'No call was made, so there was no cycle.',
    outcome: { cycles: 0 },
  },
  'reasoning-thinking-tool-loop': {
    reason: 'Signed thinking is sent back with its tool call, as Anthropic requires.',
    body: (body, index) => {
      const { messages } = body as Sent
      const thinking = {
        type: 'thinking',
        thinking: 'I need the calculator.',
        signature: 'sig-abc',
      }
      const signed = messages.map((message) =>
        message.role === 'assistant'
          ? { ...message, content: [thinking, ...(message.content as Part[])] }
          : message,
      )
      return index === 0 ? body : { ...body, messages: signed }
    },
  },
  'so-legacy-direct-anthropic': {
    ...extraction({ output: book }),
    reason: 'Extraction is the same on every wire: a forced tool named after the schema.',
    body: (body) => ({
      ...anySchema(body),
      max_tokens: 1000,
      stream: true,
      tool_choice: { type: 'any' },
    }),
  },
  'so-model-happy-anthropic': { reason: 'The schema is sent as given.', body: anySchema },
  'stream-anthropic-truncated': {
    ...truncated,
    outcome: {
      ...truncated.outcome,
      // As reported by `message_start`.
      usage: {
        inputTokens: 14,
        outputTokens: 1,
        totalTokens: 15,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 0,
      },
    },
  },
  'error-429-direct': { reason: moreRetries, requests: 6 },
  'error-429-direct-nonstream': { reason: moreRetries, requests: 6 },
  'error-html-502-direct': { reason: moreRetries, requests: 6 },
  'error-connection-refused': {
    reason: 'A refused connection is a connection error, not a 500.',
    outcome: { errorCode: 'connection' },
  },
  'error-empty-choices-nonstream': {
    reason: 'A response without a choice is not an empty answer.',
    outcome: { errorCode: 'providerError', text: null, stopReason: null, usage: null },
  },
  'error-proxy-unknown-model': {
    reason: 'The message names an unknown model.',
    outcome: { errorCode: 'modelNotFound' },
  },
  'proxy-flag-provider-prefixed-model': {
    reason: 'The message names an unknown model.',
    outcome: { errorCode: 'modelNotFound' },
  },
  'error-then-next-prompt': {
    reason: 'An unanswered prompt is removed from the history.',
    body: (body, index) => {
      const { messages } = body as Sent
      return index === 1 ? { ...body, messages: messages.slice(-1) } : body
    },
  },
  'error-then-next-prompt-proxy-claude': {
    reason: 'An unanswered prompt is removed from the history.',
    body: (body, index) => {
      const { messages } = body as Sent
      return index === 1 ? { ...body, messages: messages.slice(-1) } : body
    },
  },
  'error-timeout': {
    reason:
      'One deadline covers the call and its retries; the usage of an aborted call is unknown.',
    requests: 1,
    outcome: { usage: null },
  },
  'history-sliding-window': {
    reason: 'By default only an overflow shortens a history.',
    body: (body, index) => (index === 1 ? { ...body, messages: expect.anything() as never } : body),
  },
  'limit-output-tokens': {
    reason: 'Token limits bound each call (DESIGN §5): the rest is sent as its output limit.',
    body: (body) => ({ ...body, max_tokens: expect.any(Number) as never }),
  },
  'limit-output-tokens-plain': {
    reason: 'A run that used more than a limit reports it (DESIGN §5).',
    outcome: { stopReason: 'limitReached' },
    body: (body) => ({ ...body, max_tokens: 1 }),
  },
  'limit-invalid': { reason: 'No call was made.', outcome: { usage: noUsage, cycles: 0 } },
  'model-nova-without-flag': rejected(
    'configuration',
    'A bare Bedrock name with a base URL is not guessed: the error names the flag.',
  ),
  'model-unknown-provider': {
    reason: 'The error names what is missing next to api_base.',
    outcome: { errorCode: 'configuration', usage: noUsage, cycles: 0 },
  },
  'params-clobber-messages': rejected(
    'configuration',
    'params must not replace what the agent sends.',
  ),
  'params-model-override': rejected('configuration', 'params must not replace the model.'),
  'params-n-2': {
    reason: 'Only the first choice is the answer.',
    outcome: { text: expect.any(String) as never },
  },
  'params-stream-options-off': {
    reason: 'Usage that was not reported is unknown, not zero.',
    outcome: { usage: null },
  },
  'stream-no-usage': {
    reason: 'Usage that was not reported is unknown; LiteLLM estimates it.',
    outcome: { usage: null },
  },
  'usage-zero-prompt': {
    reason: 'A reported zero is kept; LiteLLM replaces it with an estimate.',
    outcome: { usage: expect.objectContaining({ inputTokens: 0 }) as never },
  },
  'params-unusual-direct': {
    reason: 'metadata is sent; LiteLLM drops it.',
    body: (body) => ({ ...body, metadata: { trace: 'abc' } }),
  },
  'params-unusual-proxy': {
    reason: 'metadata is sent: the proxy tracks spending by it.',
    body: (body) => ({ ...body, metadata: { trace: 'abc' } }),
  },
  'prompt-empty-string': rejected('invalidRequest', 'An empty prompt is refused.'),
  'prompt-empty-string-proxy-claude': rejected('invalidRequest', 'An empty prompt is refused.'),
  'proxy-missing-key': {
    reason: 'A missing key is a configuration error before any work.',
    outcome: { errorCode: 'configuration', usage: noUsage, cycles: 0 },
  },
  'reasoning-thinking-tool-loop-proxy': {
    reason: 'Signed thinking is sent back with its tool call, as Anthropic requires.',
    body: (body, index) =>
      index === 0
        ? body
        : {
            ...body,
            messages: (body as Sent).messages.map((message) =>
              message.role === 'assistant'
                ? {
                    ...message,
                    thinking_blocks: [
                      {
                        type: 'thinking',
                        thinking: 'I need the calculator.',
                        signature: 'sig-abc',
                      },
                    ],
                  }
                : message,
            ),
          },
  },
  'so-legacy-context-overflow': {
    ...extraction({ ...failed, errorCode: 'contextWindowOverflow' }),
    body: () => expect.objectContaining({ tool_choice: 'required' }),
  },
  'so-legacy-direct-tool': extraction({ output: book }),
  'so-legacy-direct-tool-finish-stop': extraction({ output: book }),
  'so-legacy-proxy-tool-claude': extraction({ output: book }),
  'so-legacy-proxy-tool': {
    ...extraction({ output: book }),
    reason: `${streams} Cache points of the system prompt are kept.`,
    body: (body) => {
      const { messages } = body as Sent
      const [part] = (messages[0] as Part).content as Part[]
      const system = {
        role: 'system',
        content: [{ ...part, cache_control: { type: 'ephemeral' } }],
      }
      return { ...streamed(body), messages: [system, ...messages.slice(1)] }
    },
  },
  'so-legacy-proxy-tool-invalid': extraction({ ...failed, errorCode: 'structuredOutput' }, 3),
  'so-legacy-proxy-tool-not-called': extraction({ ...failed, errorCode: 'structuredOutput' }, 3),
  'so-model-never-called': {
    reason: 'Answers in text count as attempts, and less strict requests follow (DESIGN §4).',
    requests: 4,
    outcome: { cycles: 4, usage: expect.anything() as never },
  },
  'so-model-max-tokens': {
    reason: 'A run that must end in an object fails if the object was cut off.',
    outcome: { errorCode: 'structuredOutput', text: null, stopReason: null },
  },
  'so-model-fenced-json-text-when-forced': {
    reason: 'JSON in one code fence is accepted.',
    outcome: {
      errorCode: null,
      output: book,
      stopReason: 'endTurn',
      text: expect.stringContaining('```json') as never,
    },
  },
  'so-model-invalid-json-text-when-forced': {
    reason: 'An invalid object is sent back to the model, whether from a tool call or text.',
    requests: 4,
    outcome: {
      errorCode: 'structuredOutput',
      cycles: 4,
      usage: expect.anything() as never,
    },
  },
  'so-model-nested-schema': {
    reason: 'The schema is sent as given; it has no default for the omitted fields.',
    body: anySchema,
    outcome: { output: expect.objectContaining({ name: expect.any(String) }) },
  },
  'so-model-nested-invalid': {
    ...issues("The schema is sent as given; the wording is ajv's.", /Field 'address -> city'/),
    outcome: { output: expect.anything(), toolCalls: expect.anything() as never },
    body: (body, index) => {
      const { messages } = body as Sent
      return {
        ...anySchema(body),
        messages: index === 0 ? messages : (expect.anything() as never),
      }
    },
  },
  'so-model-invalid-then-ok': issues("The wording is ajv's.", /Field 'rating': must be <= 10/),
  'so-model-forced-invalid-then-ok': issues(
    "The wording is ajv's.",
    /Field 'rating': must be <= 10/,
  ),
  'stream-error-event': {
    reason: 'The provider reported the error itself.',
    outcome: { errorCode: 'providerError' },
  },
  'stream-reset-midway-proxy': {
    reason: 'The proxy reported the error itself.',
    outcome: { errorCode: 'providerError' },
  },
  'stream-no-finish-reason': truncated,
  'stream-no-finish-reason-done': truncated,
  'stream-no-finish-reason-tool': truncated,
  'tool-malformed-json': toolFailure(
    'The parse error is sent to the model, and its original text stays in the history.',
    /not valid JSON/,
    '{"expression": "2 + ',
  ),
  'tool-malformed-json-nonstream': toolFailure(
    'The parse error is sent to the model, and its original text stays in the history.',
    /not valid JSON/,
    '{"expression": "2 + ',
  ),
  'tool-non-object-arguments': toolFailure('The wording is ours.', /must be a JSON object/),
  'tool-wrong-argument-type': toolFailure('The wording is ours.', /expression: must be a string/),
  'tool-raises': toolFailure('No Python class in the text.', 'Error: tool exploded: test'),
  'tool-raises-proxy': toolFailure('No Python class in the text.', 'Error: tool exploded: test'),
  'tool-parallel-mixed-failure': toolFailure(
    'No Python class in the text.',
    'Error: tool exploded: test',
  ),
  'tool-unknown': toolFailure(
    'The tools that exist are named.',
    'Unknown tool: magic. Available tools: calculator',
  ),
  'tool-missing-id': {
    reason: 'The generated id differs each time.',
    outcome: { toolCalls: [expect.objectContaining({ status: 'success' })] },
    body: (body, index) => (index === 0 ? body : { ...body, messages: expect.anything() as never }),
  },
  'tool-thought-signature-id': signature('call_1__thought__c2ln', false),
  'tool-thought-signature-id-proxy': signature('call_1__thought__c2ln', false),
  'tool-thought-signature-field': signature('call_1', true),
  'tool-thought-signature-field-proxy-gemini': signature('call_1', true),
  'throttle-mapped-recovers': {
    reason:
      'Synthetic: Strands with a subclass that retries on its own. max_retries: 0 is one request.',
    requests: 1,
    outcome: { text: null, stopReason: null, errorCode: 'rateLimit', cycles: 1, usage: noUsage },
  },
  'throttle-mapped-retry-schedule': {
    reason:
      'Synthetic: Strands with a subclass that retries on its own. max_retries: 0 is one request.',
    requests: 1,
    outcome: { cycles: 1 },
  },
}
