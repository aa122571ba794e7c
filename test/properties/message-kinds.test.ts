import * as sdk from '@modelcontextprotocol/server'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import * as ours from '../../src/mcp/jsonrpc/message-kinds.js'
import { reportTrust } from '../helpers/trust.js'
import { json } from './arbitraries.js'
import { many, runs } from './runs.js'

afterAll(() => reportTrust('properties: kinds of messages', { properties: 1, runs: runs.total }))

const kinds = [
  [ours.isJSONRPCRequest, sdk.isJSONRPCRequest],
  [ours.isJSONRPCNotification, sdk.isJSONRPCNotification],
  [ours.isJSONRPCResultResponse, sdk.isJSONRPCResultResponse],
  [ours.isJSONRPCErrorResponse, sdk.isJSONRPCErrorResponse],
] as const

/** Mostly what belongs there. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 20, arbitrary },
    { weight: 1, arbitrary: fc.oneof(json, fc.constant(undefined)) },
  )
const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(fields, { requiredKeys: [] })

const id = mostly(
  fc.oneof(fc.string(), fc.integer(), fc.constantFrom(1.5, 2 ** 53, -(2 ** 53) + 1, -0, null)),
)
const serverInfo = mostly(fc.record({ name: fc.string(), version: fc.string() }))
const meta = mostly(
  some({
    progressToken: id,
    'io.modelcontextprotocol/related-task': mostly(some({ taskId: mostly(fc.string()), a: json })),
    'io.modelcontextprotocol/serverInfo': serverInfo,
    a: json,
  }),
)
const jsonrpc = mostly(fc.constant('2.0'))
const method = mostly(fc.constantFrom('tools/call', 'notifications/cancelled', ''))
const params = mostly(some({ _meta: meta, name: json, arguments: json }))
const result = mostly(some({ _meta: meta, content: json, isError: json }))
const error = mostly(some({ code: id, message: mostly(fc.string()), data: json }))

const message = fc.oneof(
  fc.record({ jsonrpc, id, method, params }, { requiredKeys: ['jsonrpc', 'method'] }),
  fc.record({ jsonrpc, id, result }),
  fc.record({ jsonrpc, id, error }, { requiredKeys: ['error'] }),
  some({ jsonrpc, id, method, params, result, error, a: json, ['__proto__']: json }),
  json,
)

test('a message is of the kind that the SDK says it is', () => {
  const seen = kinds.map(() => 0)
  fc.assert(
    fc.property(message, (value) => {
      for (const [at, [isOurs, isTheirs]] of kinds.entries()) {
        const said = isOurs(value)
        expect(said).toBe(isTheirs(value))
        if (said) seen[at] = (seen[at] ?? 0) + 1
      }
    }),
    many(3_000, 100_000),
  )
  // Not only of nonsense.
  for (const count of seen) expect(count).toBeGreaterThan(20)
})
