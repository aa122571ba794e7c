import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile, temporaryFolder } from '../helpers/config-file.js'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'
import { startAtTerminal } from '../helpers/terminal.js'

const ctrlC = '\x03'
let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

test('run has a spinner, and takes it away', async () => {
  fake.script({ text: 'Hello', delayMs: 400 })
  const { code, seen } = await startAtTerminal(['run', 'Hi'], upstream(fake)).exited()
  expect(code).toBe(0)
  expect(seen).toContain('\r\x1b[')
  expect(seen).toContain('Hello\r\n')
  expect(seen).toContain('\x1b[2mopenai/gpt-4o-mini · 1 call · ')
  expect(seen.endsWith('\x1b[22m\r\n')).toBe(true)
})

describe('a tool call that needs approval', () => {
  const agent = { description: 'Asks', tools: ['calculator'], approval: ['calculator'] }
  const start = () => {
    const config = configFile({ agents: { careful: agent } })
    const toolCalls = [{ name: 'calculator', arguments: { expression: '6*7' } }]
    fake.script({ toolCalls }, { text: 'Done.' })
    return startAtTerminal(
      ['run', 'Work', '--config', config, '--agent', 'careful'],
      upstream(fake),
    )
  }
  const question = /Allow calculator with \{"expression": "6\*7"\}\? \[y\/N\] /
  const answered = () => JSON.stringify(fake.modelRequests.at(-1)?.body.messages.at(-1))

  test.each([
    ['y\r', '42'],
    ['\r', 'not'],
  ])(
    'a tool call that needs approval is allowed or refused by the keys %j',
    async (keys, result) => {
      const terminal = start()
      await terminal.sees(question)
      terminal.type(keys)
      const { code, seen } = await terminal.exited()
      expect(code).toBe(0)
      expect(seen).toContain('Done.')
      expect(answered()).toContain(result)
    },
  )

  test('is not waited for after Ctrl-C', async () => {
    const terminal = start()
    await terminal.sees(question)
    terminal.type(ctrlC)
    const { code, seen } = await terminal.exited()
    expect(code).toBe(130)
    expect(seen).toContain('cancelled')
    expect(fake.modelRequests).toHaveLength(1)
  })
})

describe('init', () => {
  test('asks for what is not given, with what it found as the usual answer', async () => {
    const home = temporaryFolder()
    const terminal = startAtTerminal(['init'], { HOME: home })
    await terminal.sees(/Default model \[offline\/demo\]: /)
    terminal.type('openai/gpt-4o-mini\r')
    await terminal.sees(/Clients \(of claude-desktop, .*; none\) \[none\]: /)
    terminal.type('cursor emacs\r')
    await terminal.sees(/Unknown: emacs\./)
    terminal.type('cursor\r')
    const { code, seen } = await terminal.exited()
    expect(code).toBe(0)
    expect(seen).toContain('openai/gpt-4o-mini needs OPENAI_API_KEY to be set.')
    expect(readFileSync(join(home, '.cursor/mcp.json'), 'utf8')).toContain('OPENAI_API_KEY')
  })

  test('leaves everything as it was on Ctrl-C', async () => {
    const home = temporaryFolder()
    const terminal = startAtTerminal(['init'], { HOME: home })
    await terminal.sees(/Default model/)
    terminal.type(ctrlC)
    expect((await terminal.exited()).code).toBe(130)
    expect(existsSync(join(home, '.config'))).toBe(false)
  })
})

test('a server at a terminal says what it is there for', async () => {
  const terminal = startAtTerminal([])
  await terminal.sees(/Serving MCP over stdin and stdout.* --help/)
  await terminal.stop()
})
