import { describe, expect, test } from 'vitest'
import { wellFormed, wellFormedJson } from '../../src/util/well-formed.js'

describe('wellFormedJson', () => {
  test.each([
    ['a lone high surrogate', '"a\\ud83db"', 'a\ufffdb'],
    ['a lone low surrogate', '"a\\uDE00b"', 'a\ufffdb'],
    ['two high surrogates and a low one', '"\\ud83d\\ud83d\\ude00"', '\ufffd\u{1f600}'],
    ['a low surrogate before a high one', '"\\ude00\\ud83d"', '\ufffd\ufffd'],
    ['a high surrogate at the end of a string', '"\\ud83d"', '\ufffd'],
    ['a high surrogate before another escape', '"\\ud83d\\n"', '\ufffd\n'],
  ])('replaces %s in JSON text', (_, json, text) => {
    expect(JSON.parse(wellFormedJson(json))).toBe(text)
  })

  test.each([
    ['a surrogate pair', '"\\uD83D\\uDE00"'],
    ['a character outside the basic plane', '"\u{1f600}"'],
    ['an escaped backslash before the letters ud83d', '"\\\\ud83d"'],
    ['an escape that begins with ud in another position', '"\\u00ed\\\\\\\\ud83d"'],
  ])('keeps JSON text with %s as it is', (_, json) => {
    expect(wellFormedJson(json)).toBe(json)
  })

  test('replaces an escaped surrogate after an escaped backslash in JSON text', () => {
    expect(JSON.parse(wellFormedJson('"\\\\\\ud83d"'))).toBe('\\\ufffd')
  })

  test('agrees with toWellFormed on what JSON.stringify writes', () => {
    const texts = ['\ud83d', '\\ud83d', '\\\ud83d', '"\ude00"', '\ud83d\ude00\ude00', '\ud83d\\n']
    for (const text of texts)
      expect(JSON.parse(wellFormedJson(JSON.stringify(text)))).toBe(text.toWellFormed())
  })
})

describe('wellFormed', () => {
  test('replaces lone surrogates at every depth of plain data, in keys too', () => {
    const value = { a: ['\ud83d', { '\ude00': 'x' }], b: 1, c: null, d: undefined }
    expect(wellFormed(value)).toEqual({ a: ['\ufffd', { '\ufffd': 'x' }], b: 1, c: null })
  })

  test('returns data without lone surrogates as the same object', () => {
    const good = { text: 'fine \u{1f600}', list: [1, 'two'] }
    expect(wellFormed(good)).toBe(good)
  })

  test('keeps bytes and instances of classes as they are', () => {
    const value = { bytes: new Uint8Array([1]), date: new Date(0) }
    expect(wellFormed(value)).toBe(value)
  })
})
