import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider/index.js'
import { type LiteLLMProxy, startLiteLLMProxy } from '../helpers/litellm-proxy.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

let fake: FakeProvider
let proxy: LiteLLMProxy

beforeAll(async () => {
  fake = await startFakeProvider()
  proxy = await startLiteLLMProxy({ provider: fake })
})
afterAll(async () => {
  await proxy.stop()
  await fake.close()
})
beforeEach(() => fake.reset())

/** Runs an example as a person would, with the real proxy as the only thing it can reach. */
async function example(name: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr } = await run(
    process.execPath,
    ['--import', 'tsx', `examples/${name}.ts`],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LITELLM_PROXY_API_BASE: proxy.url,
        LITELLM_PROXY_API_KEY: proxy.key,
        ...env,
      },
    },
  )
  expect(stderr).toBe('')
  return stdout
}

test('basic usage: an agent with a calculator', async () => {
  const output = await example('basic-usage', {
    OPENAI_API_BASE: `${proxy.url}/v1`,
    OPENAI_API_KEY: proxy.key,
    EXAMPLE_MODEL_ID: 'openai/gpt',
  })
  expect(output).toContain('4')
  expect(fake.modelRequests).toHaveLength(2)
  expect(fake.modelRequests[1]?.body.messages).toContainEqual(
    expect.objectContaining({ role: 'tool', content: 'Result: 4' }),
  )
})

test.each(['proxy-option-1', 'proxy-option-2'])('%s: the same through the proxy', async (name) => {
  const output = await example(name)
  expect(output).toContain('4')
  expect(fake.modelRequests).toHaveLength(2)
  expect(fake.modelRequests[0]?.body).toMatchObject({ max_tokens: 1000, temperature: 0.7 })
})

test('client and model configuration reach the proxy and the provider', async () => {
  fake.script({ text: 'A gateway to every model.' })
  const output = await example('configuration')
  expect(output).toContain('A gateway to every model.')
  expect(output).toContain('endTurn')
  expect(fake.modelRequests[0]?.body).toMatchObject({
    max_tokens: 1000,
    temperature: 0.7,
    top_p: 0.9,
    stop: ['END'],
  })
})

test('system prompt caching: the first call writes, the second reads', async () => {
  const output = await example('system-prompt-caching')
  const [written1, read1, written2, read2] = output
    .trim()
    .split('\n')
    .map((line) => Number(line.split(': ')[1]))
  expect(written1).toBeGreaterThan(1024)
  expect(read1).toBe(0)
  expect(written2).toBe(written1)
  expect(read2).toBe(written1)
  expect(fake.modelRequests[0]?.wire).toBe('anthropic')
  expect(fake.modelRequests[0]?.body.system).toEqual([
    expect.objectContaining({ cache_control: { type: 'ephemeral' } }),
  ])
})

test('structured output: a validated object', async () => {
  const output = await example('structured-output')
  expect(output).toContain("Title: The Hitchhiker's Guide to the Galaxy")
  expect(output).toContain('Author: Douglas Adams')
  expect(output).toMatch(/Rating: \d+/)
})
