import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/util/json.js'
import { bendNetwork } from './bent-network.js'
import { type GoldenCase, goldenCases, withToolsOfParams } from './case.js'
import { outcomeOf, withoutEmptyTools, withoutReasoning } from './expectations.js'
import { serve } from './replay-server.js'
import { responsesExceptions as exceptions } from './responses-exceptions.js'
import { runCase } from './run-case.js'

interface Seen {
  url: string
  headers: JsonObject
  body: JsonObject
}

const cases = goldenCases('golden-wires', 'responses-')
/** Answers a request that LiteLLM did not make. */
const plainExchange = cases.find(({ name }) => name === 'responses-plain')?.exchanges[0]
const used = new Set<string>()
let current: GoldenCase
let seen: Seen[] = []
let network: AsyncDisposable

beforeAll(async () => {
  network = await bendNetwork(async (url, request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = JSON.parse(Buffer.concat(chunks).toString())
    const exchange = current.exchanges[seen.length] ?? current.exchanges.at(-1) ?? plainExchange
    seen.push({ url, headers: request.headers as JsonObject, body })
    if (exchange) await serve(exchange.response, response)
  })
})
afterAll(() => network[Symbol.asyncDispose]())

describe('golden cases of the Responses wire', () => {
  it.each(cases.map((recorded) => [recorded.name, recorded] as const))(
    '%s sends the requests that LiteLLM sends, and ends in the same result',
    async (name, recorded) => {
      const exception = exceptions[name]
      if (exception) used.add(name)
      current = withOneRetry(withToolsOfParams(recorded))
      seen = []

      const outcome = withoutReasoning(await runCase(current, 'https://unused.example'))

      const wanted = recorded.exchanges.map(({ request }, index) => {
        const body = expectedBody(request.body)
        return { url: request.url, body: exception?.body ? exception.body(body, index) : body }
      })
      expect(seen).toHaveLength(exception?.requests ?? wanted.length)
      for (const [index, { url, body, headers }] of seen.entries()) {
        const request = recorded.exchanges[index]?.request
        if (!request) continue
        expect(url).toBe(wanted[index]?.url)
        expect(withoutStorage(body)).toEqual(wanted[index]?.body)
        for (const key of ['authorization', 'api-key'])
          expect(headers[key]).toBe(request.headers[key]?.replace('{{API_KEY}}', 'sk-golden-key'))
        if (url.includes('/responses')) expect(body.store).toBe(false)
      }
      expect(outcome).toEqual({ ...outcomeOf(recorded), ...exception?.outcome })
    },
  )
})

it('uses every listed exception of the Responses wire', () => {
  expect([...used].sort()).toEqual(Object.keys(exceptions).sort())
})

/** LiteLLM retries nothing on this wire, we do: one retry shows it. */
function withOneRetry(recorded: GoldenCase): GoldenCase {
  const { agentConfig } = recorded
  const clientArgs = { num_retries: 1, ...agentConfig.clientArgs }
  if ('max_retries' in clientArgs) clientArgs.num_retries = 0
  return { ...recorded, agentConfig: { ...agentConfig, clientArgs } }
}

/** LiteLLM says `stream: false`, which is the default. */
function expectedBody(body: JsonObject): JsonObject {
  const { stream, ...rest } = withoutEmptyTools(withoutStorage(body))
  return stream ? { ...rest, stream } : rest
}

/** Nothing is stored, and reasoning is returned encrypted: LiteLLM does neither unless told to. */
function withoutStorage({ store: _, include: __, ...body }: JsonObject): JsonObject {
  return body
}
