import { describe, expect, test } from 'vitest'
import { findObjects } from '../../src/agent/run/find-object.js'
import { answeredImage } from '../../src/litellm/wires/openai-chat/media.js'
import { describeErrors } from '../../src/schema/issues.js'
import { pattern } from '../../src/schema/pattern.js'
import { matchesGlob } from '../../src/util/glob.js'
import { redact } from '../../src/util/redact.js'

const long = 4_000_000

describe('hardening 1: text for output is shortened, then redacted', () => {
  test.each([
    ['letters', 'a'],
    ['schemes', 'a://'],
    ['at signs', 'a://@'],
    ['key prefixes', 'sk-'],
    ['bearers', 'Bearer '],
    ['bearers with spaces', `Bearer${' '.repeat(10_000)}`],
    ['dots', 'a.'],
    ['dashes', 'key-key_'],
  ])('%s without end', (_name, part) => {
    const text = part.repeat(Math.ceil(long / part.length))
    expect(redact(text).length).toBeLessThanOrEqual(10_001)
  })

  test('shows no part of a secret at the place of the cut', () => {
    const secret = 'correct-horse-battery-staple'
    for (let before = 560; before < 640; before++) {
      const shown = redact(
        `${'x '.repeat(before / 2)}${secret}${' y'.repeat(5_000)}`,
        [secret],
        600,
      )
      expect(shown).not.toContain('correct')
      expect(shown.length).toBeLessThanOrEqual(601)
    }
  })

  test('shows no part of a secret even where many others became shorter', () => {
    const secret = 'k3'.repeat(500)
    const shown = redact(`${secret} `.repeat(2_000), [secret])
    expect(shown).not.toContain('k3')
  })

  test('credentials in an address go, its host stays', () => {
    expect(redact('postgres://me:word@db.example:5432/x refused')).toBe(
      'postgres://[redacted]@db.example:5432/x refused',
    )
  })
})

describe('hardening 12: globs', () => {
  test('many stars take linear time', () => {
    const glob = 'openai/*claude*sonnet*opus*haiku*x'
    expect(matchesGlob(glob, `openai/${'claudesonnetopushaiku'.repeat(100_000)}`)).toBe(false)
  })

  test.each([
    ['*', '', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['a**b', 'ab', true],
    ['ab*ba', 'aba', false],
    ['a.c', 'abc', false],
    ['*a*a*', 'a', false],
    ['*aa*aa', 'aaa', false],
    ['a*\n*b', 'a\nb', true],
  ])('%j and %j', (glob, name, matches) => {
    expect(matchesGlob(glob, name)).toBe(matches)
  })
})

test("hardening 1: a key that a model invented is shortened in the check's error", () => {
  const [issue] = describeErrors([
    {
      keyword: 'additionalProperties',
      instancePath: '',
      schemaPath: '#/additionalProperties',
      params: { additionalProperty: 'a'.repeat(400_000) },
    },
  ])
  expect(issue?.path.length).toBeLessThanOrEqual(200)
})

describe('hardening 1: what a model returns is searched in linear time', () => {
  const count = 160_000
  test.each([
    ['thoughts without an end', '<think>'],
    ['tags without an end', '<json>'],
    ['fences', '```'],
    ['fences of both kinds', '```a~~~'],
    ['word after a fence', 'a'],
    ['braces', '{'],
  ])('%s', (_name, part) => {
    expect(findObjects(`\`\`\`${part.repeat(count)}`)).toEqual([])
  })

  test('objects in fences, tags and after thoughts are found', () => {
    const object = [{ a: 1 }]
    expect(findObjects('<think>{"b":2}</THINK> <JSON>{"a":1}</json>')[0]).toEqual([object])
    expect(findObjects('x\n```json\n{"a":1}\n```\ny')[0]).toEqual([object])
    expect(findObjects('~~~{"a":1}~~~ and <output> open')[0]).toEqual([object])
  })

  test('an image by a data URL', () => {
    const url = (text: string) => ({ type: 'image_url', image_url: { url: text } })
    expect(answeredImage(url('data:image/jpeg;charset=x;base64,AAAA'))?.image).toMatchObject({
      format: 'jpeg',
      source: { bytes: 'AAAA' },
    })
    answeredImage(url(`data:${'a'.repeat(long)}`))
  })
})

test('hardening 1: names in a schema', () => {
  expect(() => pattern(`(?<a>${'(?<a>'.repeat(60_000)}`, 'u')).toThrow()
})
