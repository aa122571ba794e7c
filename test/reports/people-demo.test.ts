import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { testKey } from '../helpers/program.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** Runs the demo as the README does, with nothing of the environment but PATH and these variables. */
async function demo(env: Record<string, string>) {
  const args = ['scripts/demo.mjs']
  const options = { cwd: root, env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env } }
  const ended = await promisify(execFile)(process.execPath, args, options).then(
    (output) => ({ ...output, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  return { code: ended.code, stdout: ended.stdout, stderr: ended.stderr }
}

const openai = () => ({ OPENAI_API_BASE: `${fake.url}/v1`, OPENAI_API_KEY: testKey })
const anthropic = () => ({ ANTHROPIC_API_BASE: fake.url, ANTHROPIC_API_KEY: testKey })

test('issue 15 item 9: the demo waits for a slow model with get_run', async () => {
  fake.script({ text: '2+2 = 4, slowly', delayMs: 6_000 })
  const { code, stdout } = await demo(openai())
  expect(stdout).toContain('waiting with get_run')
  expect(stdout).toContain('2+2 = 4, slowly')
  expect(stdout).not.toMatch(/undefined|null|NaN/)
  expect(code).toBe(0)
})

test.each([
  ['refuses the key', { raw: { status: 401 } }, /authentication|401|key/i],
  ['answers nothing', { text: '' }, /empty answer/],
  ['cuts its answer off', { text: 'Two and', stopReason: 'length' as const }, /maxTokens/],
])('issue 15 item 9: the demo fails if the model %s', async (_, step, says) => {
  fake.script(step, step)
  const { code, stderr, stdout } = await demo(openai())
  expect(code).toBe(1)
  expect(stderr).toMatch(/The demo failed/)
  expect(stderr).toMatch(says)
  expect(stdout + stderr).not.toMatch(/undefined|NaN/)
  expect(stdout).not.toContain('Next: connect')
  expect(stdout + stderr).not.toContain(testKey)
})

test('people m17: the demo runs on OPENAI_API_KEY, says so, and limits what a run may cost', async () => {
  const { code, stdout } = await demo(openai())
  expect(code).toBe(0)
  expect(stdout).toMatch(/Model: openai\/\S+, called directly with OPENAI_API_KEY\./)
  expect(stdout).toMatch(/at most \$0\.05/)
  expect(fake.modelRequests[0]?.headers.authorization).toBe(`Bearer ${testKey}`)
})

test('people m17: the demo runs on ANTHROPIC_API_KEY before OPENAI_API_KEY', async () => {
  const { code, stdout } = await demo({ ...openai(), ...anthropic() })
  expect(code).toBe(0)
  expect(stdout).toMatch(/Model: anthropic\/\S+, called directly with ANTHROPIC_API_KEY\./)
  expect(fake.modelRequests.map(({ wire }) => wire)).not.toContain('openai')
})

test('people m17: the demo calls no model on a key if LITELLM_AGENTS_MODEL_ID is offline/demo', async () => {
  const { code } = await demo({ ...openai(), LITELLM_AGENTS_MODEL_ID: 'offline/demo' })
  expect(code).toBe(0)
  expect(fake.requests).toEqual([])
})

test('people m17: the demo without a key names the variables that put it on a real model', async () => {
  const { stdout } = await demo({})
  for (const name of ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'LITELLM_PROXY_API_BASE'])
    expect(stdout).toContain(name)
})

test('people B: the demo ends by showing how to connect a client', async () => {
  const { stdout } = await demo({})
  const next = stdout.slice(stdout.indexOf('Next: connect'))
  expect(next).toContain('node dist/main.js init')
  expect(next).toContain('Use run_agent')
  expect(await readFile(`${root}/README.md`, 'utf8')).toContain('node dist/main.js init')
})
