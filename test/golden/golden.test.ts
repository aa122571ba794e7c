import { afterAll, describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/util/json.js'

import { filled, type GoldenCase, goldenCases } from './case.js'
import { exceptions } from './exceptions.js'
import { replay } from './replay-server.js'
import { type CaseOutcome, runCase } from './run-case.js'

const cases = goldenCases()
const used = new Set<string>()

describe.concurrent('golden cases of Strands + LiteLLM', () => {
  it.each(cases.map((recorded) => [recorded.name, recorded] as const))(
    'golden case %s gives the recorded requests and outcome',
    async (name, recorded) => {
      await using server = await replay(recorded)
      const exception = exceptions[name]
      if (exception) used.add(name)

      const outcome = withoutReasoning(await runCase(recorded, server.url))

      const bodies = recorded.exchanges.map(({ request }, index) => {
        const body = withoutEmptyTools(request.body)
        return exception?.body ? exception.body(body, index) : body
      })
      expect(server.seen).toHaveLength(exception?.requests ?? bodies.length)
      for (const [index, { body, path, headers }] of server.seen.entries()) {
        const request = recorded.exchanges[index]?.request
        if (!request) continue
        expect(body).toEqual(bodies[index])
        expect(path).toBe(request.path)
        expect(headers.accept).toBe('application/json')
        const direct = recorded.mode === 'direct-anthropic'
        const sent = direct ? `Bearer ${headers['x-api-key']}` : headers.authorization
        expect(sent).toMatch(/^Bearer sk-(golden-key|wrong-key)$/)
        if (direct) expect(headers['anthropic-version']).toBe('2023-06-01')
      }
      expect(outcome).toEqual({ ...expectedOutcome(recorded), ...exception?.outcome })
    },
  )
})

afterAll(() => {
  expect([...used].sort()).toEqual(
    Object.keys(exceptions)
      .filter((name) => cases.some((recorded) => recorded.name === name))
      .sort(),
  )
})

/** An agent without tools omits the list, because vLLM and others reject an empty one. */
function withoutEmptyTools(body: JsonObject): JsonObject {
  const { tools, ...rest } = body
  return Array.isArray(tools) && tools.length === 0 ? rest : body
}

/** Removes reasoning tokens, which Strands does not report. */
function withoutReasoning(outcome: CaseOutcome): CaseOutcome {
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

function expectedOutcome({ expected }: GoldenCase): CaseOutcome {
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
