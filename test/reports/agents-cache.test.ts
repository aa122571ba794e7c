import { expect, test } from 'vitest'
import type { Message } from '../../src/agent/messages/content.js'
import { withAutoCachePoints } from '../../src/litellm/cache/auto-cache.js'
import { CachePoints } from '../../src/litellm/cache/cache-points.js'
import { cacheReport } from '../../src/litellm/cache/cache-report.js'
import { resolveRoute } from '../../src/litellm/routes/route.js'
import { sentSchema } from '../../src/litellm/wires/tool-schemas/sent-schema.js'

const text = (length: number) => ({ type: 'text', text: 'x'.repeat(length) })
const point = (ttl?: '5m' | '1h') => ({
  cachePoint: { type: 'default' as const, ...(ttl && { ttl }) },
})

/** Reports one point after 3,000 of 3,300 characters, and so about 730 of 802 tokens. */
function report(usage: { cacheReadInputTokens?: number; cacheWriteInputTokens?: number }) {
  const points = new CachePoints(true)
  const parts = [text(3_000), text(200)]
  points.mark(parts.slice(0, 1), point(), 'system[1]')
  return cacheReport({
    points,
    parts,
    usage: { inputTokens: 802, outputTokens: 5, totalTokens: 807, ...usage },
    savedUsd: null,
    minCacheTokens: null,
    memory: undefined,
  }).points[0]
}

test.each([
  ['reads only the start of the template', { cacheReadInputTokens: 5 }],
  ['reads nothing', { cacheReadInputTokens: 0 }],
])('realmodel 3: a first call that %s is notReported', (_, usage) => {
  expect(report(usage)).toMatchObject({ effect: 'none', reason: 'notReported' })
})

test('realmodel 3: a call that reads most of what a point marks counts as read', () => {
  expect(report({ cacheReadInputTokens: 724 })).toEqual({ at: 'system[1]', effect: 'read' })
})

test('realmodel 3: an unsupported point does not ask to be removed if the provider cached', () => {
  const points = new CachePoints(false)
  points.mark([text(10)], point(), 'system[1]')
  const usage = { inputTokens: 23, outputTokens: 5, totalTokens: 28, cacheReadInputTokens: 22 }
  const facts = {
    points,
    parts: [],
    usage,
    savedUsd: null,
    minCacheTokens: null,
    memory: undefined,
  }
  const [first] = cacheReport(facts).points
  expect(first).toMatchObject({ reason: 'unsupported' })
  expect(first?.detail).toContain('22 tokens were read')
})

test('agents F3: automatic points before an explicit point of an hour live an hour', () => {
  const tools = [{ name: 'a', description: 'x'.repeat(9_000), inputSchema: {} }]
  const system = [{ text: 'Be brief.' }, point('1h')]
  const messages: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }]
  const own = withAutoCachePoints({ tools, system, messages }, 1_024)
  expect(own.toolsCachePoint).toEqual({ type: 'default', ttl: '1h' })
  expect(own.messages[0]?.content.at(-1)).toEqual(point())

  const marked: Message[] = [
    { role: 'user', content: [{ text: 'Hi' }, point('1h'), { text: '!' }] },
  ]
  const prompt = withAutoCachePoints({ tools, system: [{ text: 'x' }], messages: marked }, 1_024)
  expect(prompt.toolsCachePoint).toEqual({ type: 'default', ttl: '1h' })
  expect(prompt.system.at(-1)).toEqual(point('1h'))
})

test('agents F3: an explicit point of an hour after one of five minutes is shortened', () => {
  const points = new CachePoints(true)
  const parts = [text(10), text(10), text(10)] as { cache_control?: { ttl?: string } }[]
  points.mark(parts.slice(0, 1), point('1h'), 'a')
  points.mark(parts.slice(0, 2), point(), 'b')
  points.mark(parts.slice(0, 3), point('1h'), 'c')
  expect(parts.map((part) => part.cache_control?.ttl)).toEqual(['1h', undefined, '5m'])
})

test('agents F7: properties named like keywords stay in the schema for Nova', () => {
  const word = { type: 'string' }
  const properties = { word, definitions: word, $defs: word, $ref: word }
  const schema = { type: 'object', properties, required: ['word', 'definitions'] }
  const nova = resolveRoute({ modelId: 'bedrock/amazon.nova-lite-v1:0' }, {})
  expect(sentSchema(schema, nova, 'x').properties).toEqual(properties)
  const shared = { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: word } }
  expect(sentSchema(shared, nova, 'x').properties).toEqual({ a: word })
})
