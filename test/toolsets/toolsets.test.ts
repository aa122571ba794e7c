import { expect, test } from 'vitest'
import { calculate } from '../../src/toolsets/calculator.js'
import { isoTime } from '../../src/toolsets/current-time.js'
import { builtinTools } from '../../src/toolsets/index.js'
import type { JsonObject } from '../../src/util/json.js'

const context = { toolUseId: 'call_1', signal: new AbortController().signal }

function run(name: string, input: JsonObject) {
  return builtinTools.get(name)?.run(input, context)
}

test('the built-in tools are listed by name', () => {
  expect([...builtinTools.keys()]).toEqual(['calculator', 'current_time'])
})

test.each([
  ['2 + 2', '4'],
  ['2^10', '1024'],
  ['2**10', '1024'],
  ['2 ** 3 ** 2', '512'],
  ['-2^2', '-4'],
  ['0.1 + 0.2', '0.3'],
  ['10 / 4', '2.5'],
  ['7 × 6 ÷ 2', '21'],
  ['5!', '120'],
  ['10 % 3', '1'],
  ['15% * 80', '12'],
  ['sqrt(16) + abs(-3)', '7'],
  ['ln(e) + log(100, 10) + log10(1000)', '6'],
  ['round(2.567, 2)', '2.57'],
  ['max(1, 2, 3) - min(4, 5)', '-1'],
  ['sin(pi / 2)', '1'],
  ['2 pi', '6.28318530717959'],
  ['pow(2, 3) + mod(7, 4) + factorial(3)', '17'],
  ['9007199254740993 * 3', '2.7021597764223e+16'],
  ['1e-7 * 2', '2e-7'],
])('the calculator evaluates %s to %s', async (expression, value) => {
  expect(await calculate(expression)).toBe(value)
})

test.each([
  ['', 'not an arithmetic expression'],
  ['2 +', 'Unexpected end of expression'],
  ['1 / 0', 'is infinite'],
  ['10^400', 'is infinite'],
  ['9^9^9^9', 'is infinite'],
  ['1000!', 'is infinite'],
  ['0 / 0', 'not a real number'],
  ['sqrt(-1)', 'not a real number'],
  ['x + 1', 'x is not supported'],
  ['foo(1)', 'foo is not supported'],
  ['combinations(1e9, 5e8)', 'combinations is not supported'],
  ['evaluate("1")', 'evaluate is not supported'],
  ['import({})', 'import is not supported'],
  ['parse', 'parse is not supported'],
  ['sin', 'not an arithmetic expression'],
  ['x = 5', 'only arithmetic'],
  ['f(x) = x', 'only arithmetic'],
  ['sqrt.constructor("return process")', 'only arithmetic'],
  ['[1, 2]', 'only arithmetic'],
  ['{a: 1}', 'only arithmetic'],
  ['1; 2', 'only arithmetic'],
  ['2 > 1', 'larger is not supported'],
  ['"text"', 'not an arithmetic expression'],
  ['1+'.repeat(600), 'longer than 1000 characters'],
  ['('.repeat(999), 'cannot calculate'],
])('the calculator rejects %s', async (expression, message) => {
  await expect(calculate(expression)).rejects.toThrow(message)
})

test('the calculator answers like that of Strands and ignores other arguments', async () => {
  const calculator = builtinTools.get('calculator')
  expect(await run('calculator', { expression: '2+2', mode: 'x' })).toBe('Result: 4')
  expect(calculator?.validate?.({ expression: '2+2', mode: 'x' })).toMatchObject({ ok: true })
  expect(calculator?.validate?.({ expression: 4 })).toEqual({
    ok: false,
    issues: [{ path: 'expression', message: 'must be a string' }],
  })
  expect(calculator?.validate?.({})).toEqual({
    ok: false,
    issues: [{ path: 'expression', message: 'is required' }],
  })
})

test('the current time is ISO 8601 with the offset of its zone', async () => {
  const winter = new Date('2026-01-15T12:00:00.789Z')
  expect(isoTime(winter, 'UTC')).toBe('2026-01-15T12:00:00+00:00')
  expect(isoTime(winter, 'Europe/Berlin')).toBe('2026-01-15T13:00:00+01:00')
  expect(isoTime(new Date('2026-07-15T12:00:00Z'), 'America/St_Johns')).toBe(
    '2026-07-15T09:30:00-02:30',
  )
  expect(isoTime(winter, 'Asia/Kathmandu')).toBe('2026-01-15T17:45:00+05:45')
  expect(await run('current_time', {})).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  expect(() => isoTime(winter, 'Mars/Olympus')).toThrow('"Mars/Olympus" is not an IANA time zone')
})
