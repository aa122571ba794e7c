import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/cli/exit-codes.js'
import { count, counted, size, usd } from '../../src/cli/numbers.js'
import { linesOf } from '../../src/cli/run-screen.js'
import { selfCommand } from '../../src/cli/self-command.js'
import { table } from '../../src/cli/table.js'
import { dim, harmless, terminalStyle } from '../../src/cli/terminal.js'

describe('terminalStyle', () => {
  const plain = { colours: false, spinner: false }
  test.each([
    ['a terminal', true, {}, { colours: true, spinner: true }],
    ['no terminal', false, {}, plain],
    ['NO_COLOR', true, { NO_COLOR: '1' }, { colours: false, spinner: true }],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, { colours: true, spinner: true }],
    ['NO_COLOR before FORCE_COLOR', false, { NO_COLOR: '1', FORCE_COLOR: '1' }, plain],
    ['FORCE_COLOR', false, { FORCE_COLOR: '1' }, { colours: true, spinner: false }],
    ['FORCE_COLOR=0', false, { FORCE_COLOR: '0' }, plain],
    ['a dumb terminal', true, { TERM: 'dumb' }, plain],
    ['CI', true, { CI: 'true' }, { colours: true, spinner: false }],
  ])('%s', (_, isTTY, env, style) => {
    expect(terminalStyle({ isTTY }, env)).toEqual(style)
  })

  test('dims only where there are colours', () => {
    expect(dim('x', { colours: false })).toBe('x')
    expect(dim('x', { colours: true })).toBe('\x1b[2mx\x1b[22m')
  })
})

test('what would change the terminal is left out', () => {
  expect(harmless('a\x1b]0;title\x07b\r\x9b2Jc\td\ne')).toBe('a]0;titleb2Jc\td\ne')
})

test.each([
  [0, '$0'],
  [1.25, '$1.25'],
  [0.1, '$0.10'],
  [0.05, '$0.05'],
  [0.00042, '$0.00042'],
  [0.0004, '$0.0004'],
  [12.345, '$12.35'],
])('usd(%d)', (value, text) => {
  expect(usd(value)).toBe(text)
})

test('the most that something can cost is rounded up', () => {
  expect(usd(0.1601, Math.ceil)).toBe('$0.17')
  expect(usd(0.16, Math.ceil)).toBe('$0.16')
})

test('counts and sizes are short', () => {
  expect([counted(1, 'call'), counted(0, 'call'), counted(2000, 'token')]).toEqual([
    ...['1 call', '0 calls', '2,000 tokens'],
  ])
  expect([count(999), count(1000), count(1234567)]).toEqual(['999', '1,000', '1,234,567'])
  expect([size(8192), size(200_000), size(1_000_000), size(1_050_000)]).toEqual([
    ...['8192', '200k', '1M', '1.1M'],
  ])
})

test.each([
  ['/p/node_modules/.bin/litellm-agents-mcp', 'litellm-agents-mcp'],
  ['/h/.npm/_npx/1/node_modules/.bin/litellm-agents-mcp', 'npx litellm-agents-mcp'],
  ['/clone/dist/main.js', 'node /clone/dist/main.js'],
])('%s is started again by %s', (program, command) => {
  expect(selfCommand(program)).toBe(command)
})

test('a table is as wide as its cells', () => {
  const text = table(
    [{ head: 'A' }, { head: 'N', right: true }],
    [
      ['long', '1'],
      ['b', '22'],
    ],
  )
  expect(text).toBe('A      N\nlong   1\nb     22\n')
})

test('events of agents below are told with their names', () => {
  const start = { type: 'toolStart' as const, cycle: 1, toolUseId: 't', name: 'x', input: {} }
  const event = { type: 'childEvent' as const, agent: ['a', 'b'], toolUseId: 't', event: start }
  expect(linesOf(event)).toEqual(['a › b: → x {}'])
})

test('the documentation has every exit code', async () => {
  const page = await readFile('docs/cli.md', 'utf8')
  const rows = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|$/gm)].map(([, code, name]) => [
    Number(code),
    name,
  ])
  expect(rows).toEqual(exitCodes().slice(3))
})
