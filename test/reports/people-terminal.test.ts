import { expect, test } from 'vitest'
import { temporaryFolder } from '../helpers/config-file.js'
import { startAtTerminal } from '../helpers/terminal.js'

test('people m18: Ctrl-C at a question of init ends the line', async () => {
  const terminal = startAtTerminal(['init'], { HOME: temporaryFolder() })
  await terminal.sees(/Default model/)
  terminal.type('\x03')
  const { code, seen } = await terminal.exited()
  expect(code).toBe(130)
  expect(seen.endsWith('\r\n')).toBe(true)
})
