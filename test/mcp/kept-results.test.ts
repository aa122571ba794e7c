import { expect, test } from 'vitest'
import { ResultStore } from '../../src/mcp/result-store.js'

const mimeType = 'text/plain'

test('a result is there for its principal alone', () => {
  const results = new ResultStore()
  const id = results.keep('ann', { text: 'é', mimeType }) as string
  expect(results.get(id, 'ann')).toEqual({ text: 'é', mimeType })
  expect(results.get(id, 'bob')).toBeUndefined()
  expect(results.get('other', 'ann')).toBeUndefined()
})

test('the least recently read go first, and what is too large is not kept at all', () => {
  const results = new ResultStore(10)
  const keep = (text: string) => results.keep('ann', { text, mimeType }) as string
  const [first, second] = [keep('aaaa'), keep('éé')]
  results.get(first, 'ann')
  const third = keep('cccc')
  expect(results.get(second, 'ann')).toBeUndefined()
  expect([first, third].map((id) => results.get(id, 'ann')?.text)).toEqual(['aaaa', 'cccc'])
  expect(keep('ddddddddddd')).toBeUndefined()
  expect(results.get(third, 'ann')).toBeDefined()
})
