import fc from 'fast-check'
import type { ContentBlock, Message } from '../../src/agent/messages/content.js'
import type { JsonValue } from '../../src/util/json.js'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', ' ', '\n', 'Hello', '{"a": 1}'),
)

export const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>

/** Few ids, so that uses and results often fit, and often do not. */
const toolUseId = fc.constantFrom('call_1', 'call_2', 'call_3', 'call_1__thought__c2ln')

const textBlock = fc.record({ text })
const pixel = { image: { format: 'png' as const, source: { bytes: 'iVBORw0KGgo=' } } }

const toolUse = fc
  .record({
    toolUseId,
    name: fc.constantFrom('lookup', 'no such tool', 'a'.repeat(80), ''),
    input: fc.oneof(fc.dictionary(fc.string(), json, { maxKeys: 3 }), json),
  })
  .map((toolUse): ContentBlock => ({ toolUse }))

const toolResult = fc
  .record({
    toolUseId,
    status: fc.constantFrom('success' as const, 'error' as const),
    content: fc.array(
      fc.oneof(
        textBlock,
        json.map((value) => ({ json: value })),
        fc.constant(pixel),
      ),
      { maxLength: 3 },
    ),
  })
  .map((toolResult): ContentBlock => ({ toolResult }))

const reasoning = fc
  .oneof(
    fc.record({ reasoningText: fc.record({ text, signature: fc.constant('c2ln') }) }),
    fc.record({ reasoningText: fc.record({ text }) }),
    fc.constant({ redactedContent: 'cmVk' }),
  )
  .map((reasoningContent): ContentBlock => ({ reasoningContent }))

const cachePoint = fc.constant<ContentBlock>({ cachePoint: { type: 'default' } })

const user: fc.Arbitrary<Message> = fc.record({
  role: fc.constant('user' as const),
  content: fc.array(fc.oneof(textBlock, toolResult, fc.constant(pixel), cachePoint), {
    maxLength: 4,
  }),
})

const assistant: fc.Arbitrary<Message> = fc.record({
  role: fc.constant('assistant' as const),
  content: fc.array(fc.oneof(textBlock, toolUse, reasoning), { maxLength: 4 }),
})

/** Any order of any messages, sense or none. */
export const history = fc.array(fc.oneof(user, assistant), { maxLength: 8 })
