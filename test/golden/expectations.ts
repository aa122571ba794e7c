import { expect } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/util/json.js'
import { filled, type GoldenCase } from './case.js'
import type { CaseOutcome } from './run-case.js'

/** An agent without tools omits the list, because vLLM and others reject an empty one. */
export function withoutEmptyTools(body: JsonObject): JsonObject {
  const { tools, ...rest } = body
  return Array.isArray(tools) && tools.length === 0 ? rest : body
}

/** Removes reasoning tokens, which Strands does not report. */
export function withoutReasoning(outcome: CaseOutcome): CaseOutcome {
  const { reasoningTokens: _, ...usage } = outcome.usage ?? {}
  return { ...outcome, usage: outcome.usage && usage }
}

const codes: Record<string, string> = {
  AuthenticationError: 'authentication',
  RateLimitError: 'rateLimit',
  BadRequestError: 'invalidRequest',
  NotFoundError: 'modelNotFound',
  InternalServerError: 'providerError',
  BadGatewayError: 'providerError',
  APIError: 'providerError',
  Timeout: 'timeout',
  MidStreamFallbackError: 'connection',
  ContextWindowOverflowException: 'contextWindowOverflow',
  ContextWindowExceededError: 'contextWindowOverflow',
  UnsupportedParamsError: 'unsupportedParams',
  StructuredOutputException: 'structuredOutput',
  ModelThrottledException: 'rateLimit',
  TypeError: 'invalidRequest',
  ValueError: 'structuredOutput',
}

const camel = (text: string) => text.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

export function expectedOutcome({ expected }: GoldenCase): CaseOutcome {
  const { error, usage } = expected
  const truncated = error?.type === 'MaxTokensReachedException'
  const stopReason = expected.stopReason?.startsWith('limit_')
    ? 'limitReached'
    : expected.stopReason
  const broken = error !== null && Object.values(usage).every((count) => count === 0)
  return {
    text: truncated ? lastText(expected.messages) : expected.text,
    stopReason: truncated ? 'maxTokens' : stopReason && camel(stopReason),
    // The usage of an interrupted call is unknown; it is zero only if the call was rejected.
    usage: broken ? (expect.toBeOneOf([null, usage]) as never) : (usage as JsonObject),
    cycles: expected.cycles,
    toolCalls: filled(expected.toolCalls as JsonValue, {}) as unknown[],
    output: expected.structuredOutput ?? undefined,
    errorCode: error && !truncated ? (codes[error.type] ?? error.type) : null,
  }
}

function lastText(messages: GoldenCase['expected']['messages']): string {
  const content = messages.at(-1)?.content ?? []
  return content.map((block) => block.text ?? '').join('')
}

const stopReasons: Record<string, string> = { stop: 'endTurn', length: 'maxTokens' }

/** Returns the outcome of a case, whether Strands or a caller of LiteLLM recorded it. */
export function outcomeOf(recorded: GoldenCase): CaseOutcome {
  if (recorded.driver !== 'litellm') return expectedOutcome(recorded)
  const { text, finishReason, toolCalls } = recorded.expected as unknown as JsonObject
  const results = { status: 'success', content: expect.anything() as never }
  return {
    text: text as string,
    stopReason: stopReasons[String(finishReason)] ?? String(finishReason),
    usage: expect.anything() as never,
    cycles: recorded.exchanges.length,
    toolCalls: ((toolCalls ?? []) as JsonObject[]).map(({ id, name, arguments: text }) => ({
      toolUseId: id,
      name,
      input: JSON.parse(String(text)) as JsonValue,
      ...results,
    })),
    output: undefined,
    errorCode: null,
  }
}
