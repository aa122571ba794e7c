import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.js'
import { bendNetwork } from './bent-network.js'
import { type GoldenCase, goldenCases, withToolsOfParams } from './case.js'
import { outcomeOf, withoutEmptyTools, withoutReasoning } from './expectations.js'
import { googleExceptions as exceptions } from './google-exceptions.js'
import { serve } from './replay-server.js'
import { type CaseOutcome, runCase } from './run-case.js'

interface Seen {
  method: string
  url: string
  headers: JsonObject
  body: JsonObject | undefined
}

const cases = ['gemini-', 'vertex-'].flatMap((prefix) => goldenCases('golden-wires', prefix))
const used = new Set<string>()
let current: GoldenCase
let seen: Seen[] = []
let network: AsyncDisposable

beforeAll(async () => {
  network = await bendNetwork(async (url, request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const exchange = current.exchanges[seen.length] ?? current.exchanges.at(-1)
    const { method = '', headers } = request
    seen.push({
      method,
      url,
      headers: headers as JsonObject,
      body: text === '' ? undefined : JSON.parse(text),
    })
    if (exchange) await serve(exchange.response, response)
  })
})
afterAll(() => network[Symbol.asyncDispose]())

describe('golden cases of the Google wire and of Vertex AI', () => {
  it.each(cases.map((recorded) => [recorded.name, recorded] as const))(
    '%s sends the requests that LiteLLM sends, and ends in the same result',
    async (name, recorded) => {
      const exception = exceptions[name]
      if (exception) used.add(name)
      current = inProject(withToolsOfParams(recorded))
      seen = []

      const outcome = withoutReasoning(await runCase(current, 'https://unused.example'))

      const wanted = recorded.exchanges.map(({ request }, index) => {
        const body = sameForm(request.body as JsonObject | null)
        return {
          method: request.method,
          url: request.url,
          body: body && exception?.body ? exception.body(body, index) : body,
        }
      })
      expect(
        seen.map(({ method, url, body }) => ({ method, url, body: sameForm(body ?? null) })),
      ).toEqual(wanted)
      for (const [index, { headers }] of seen.entries())
        for (const key of ['authorization', 'x-goog-api-key', 'anthropic-version'])
          expect(headers[key]).toBe(
            recorded.exchanges[index]?.request.headers[key]?.replace(
              '{{API_KEY}}',
              'sk-golden-key',
            ),
          )
      expect(withoutIds(outcome)).toEqual({
        ...withoutIds(outcomeOf(recorded)),
        ...exception?.outcome,
      })
    },
  )
})

it('uses every listed exception of the Google wire', () => {
  expect([...used].sort()).toEqual(Object.keys(exceptions).sort())
})

/** The recorder set the project and the location of Vertex AI. */
function inProject(recorded: GoldenCase): GoldenCase {
  const env = { VERTEXAI_PROJECT: 'project', VERTEXAI_LOCATION: 'us-east5' }
  return { ...recorded, agentConfig: { ...recorded.agentConfig, env } }
}

/** Returns a body without the ids and hashes that differ from run to run. */
function sameForm(body: JsonObject | null): JsonObject | undefined {
  if (body === null) return undefined
  const { stream: _, tools, ...rest } = withoutEmptyTools(body)
  const known = rest.displayName === undefined ? {} : { displayName: 'hash' }
  return withoutCallIds({ ...rest, ...(tools && { tools }), ...known }) as JsonObject
}

function withoutCallIds(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutCallIds)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isCall =
        (name === 'function_call' || name === 'function_response') && isJsonObject(item)
      return [name, isCall ? { ...item, id: 'call' } : withoutCallIds(item as JsonValue)]
    }),
  )
}

function withoutIds(outcome: CaseOutcome): CaseOutcome {
  return {
    ...outcome,
    toolCalls: outcome.toolCalls.map((call) => ({ ...(call as JsonObject), toolUseId: 'call' })),
  }
}
