import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { runProgram } from '../helpers/program.js'

const run = (...args: string[]) => runProgram(args)

test('tells its version and its options', async () => {
  expect(await run('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  const { code, stderr, stdout } = await run('--help')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const option of ['--config', '--version', 'http', 'run', 'init', 'help', 'version'])
    expect(stdout).toContain(option)
})

describe('a wrong command line', () => {
  test.each([
    [['serve'], /Unknown command "serve"/],
    [['--config', 'a.yaml', 'run'], /Put run before its options/],
    [['http', 'now'], /Unexpected argument "now"/],
    [['--confg', 'a.yaml'], /Unknown option --confg; did you mean --config\?/],
    [['--config'], /--config/],
    [['--port', '80'], /--port belongs to the http command/],
    [['http', '--port', 'eighty'], /--port must be a number from 0 to 65535/],
    [['http', '--port', '65536'], /--port must be a number from 0 to 65535/],
  ])('%j', async (args, says) => {
    const { code, stderr, stdout } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).toContain('Usage:')
  })
})
