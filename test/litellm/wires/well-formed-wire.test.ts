import { expect, test } from 'vitest'
import type { CallEvent, ModelReply } from '../../../src/agent/model.js'
import { wellFormedWire } from '../../../src/litellm/wires/well-formed-wire.js'
import type { WireCall } from '../../../src/litellm/wires/wire.js'

const half = { high: '\ud83d', low: '\ude00' }

/** What a wire emits and returns when a provider's deltas are these. */
async function call(deltas: readonly string[]) {
  const events: CallEvent[] = []
  const wire = wellFormedWire(async (_, emit) => {
    for (const text of deltas) await emit({ type: 'textDelta', text })
    return { message: { role: 'assistant', content: [{ text: deltas.join('') }] } } as ModelReply
  })
  const reply = await wire({} as WireCall, (event) => void events.push(event))
  const text = events.map((event) => ('text' in event ? event.text : '')).join('')
  return { text, reply: JSON.stringify(reply.message) }
}

test('a character that a provider splits between two deltas arrives whole', async () => {
  const { reply, text } = await call(['a', half.high, half.low, 'b'])
  expect(text).toBe('a\u{1f600}b')
  expect(reply).toContain('a\u{1f600}b')
})

test('a lone surrogate between two deltas is replaced', async () => {
  const { reply, text } = await call([`a${half.high}`, 'b', half.low])
  expect(text).toBe('a\ufffdb\ufffd')
  expect(reply).toContain('a\ufffdb\ufffd')
})
