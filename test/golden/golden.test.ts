import { afterAll, describe, expect, it } from 'vitest'
import { goldenCases } from './case.js'
import { exceptions } from './exceptions.js'
import { expectedOutcome, withoutEmptyTools, withoutReasoning } from './expectations.js'
import { replay } from './replay-server.js'
import { runCase } from './run-case.js'

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
