import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../helpers/config-file.js'
import { connectHttp, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  type Step,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type Environment, runProgram, testKey } from '../helpers/program.js'
import { serversOnPostgres } from '../helpers/servers-on-postgres.js'

let fake: FakeProvider
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

const preload = fileURLToPath(new URL('../helpers/openai-at-fake.mjs', import.meta.url))

/** OpenAI at its own address, with its own rules, in the form of the fake provider. */
const openai = (): Environment => ({
  LITELLM_AGENTS_MODEL_ID: 'openai/gpt-5.6',
  OPENAI_API_KEY: testKey,
  FAKE_OPENAI_PORT: String(fake.port),
  NODE_OPTIONS: `--import=${preload}`,
})

const thinking = (expression: string): Step => ({
  reasoning: { text: `I need ${expression}.` },
  toolCalls: [{ name: 'calculator', arguments: { expression } }],
})
const answer: Step = { reasoning: { text: '' }, text: 'It is 10.' }
const threeCycles = [thinking('2+2'), thinking('4+6'), answer]

function inputs(): string[][] {
  return fake.modelRequests.map(({ body }) => body.input.map(({ type }: JsonObject) => type))
}

const cycle = ['reasoning', 'function_call', 'function_call_output']
const inputsOfThree = [['message'], ['message', ...cycle], ['message', ...cycle, ...cycle]]

function expectOpenAi(): void {
  for (const { path, headers, body } of fake.modelRequests) {
    expect(path).toBe('/v1/responses')
    expect(headers.host).toBe('api.openai.com')
    expect(body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
  }
}

describe('gpt-5.6 with a calculator, direct, over three cycles with reasoning', () => {
  test('models F1: gpt-5.6 calls tools over three cycles with reasoning in the command line', async () => {
    fake.script(...threeCycles)
    const { code, stdout } = await runProgram(
      ['run', 'What is (2+2)+6?', '--tool', 'calculator', '--json'],
      { env: openai() },
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'completed',
      stopReason: 'endTurn',
      text: 'It is 10.',
      usage: { reasoningTokens: expect.any(Number) },
      costUsd: expect.any(Number),
    })
    expect(inputs()).toEqual(inputsOfThree)
    expectOpenAi()
  })

  test('models F1: gpt-5.6 keeps its reasoning over MCP and in the next call of a session', async () => {
    const { call, close } = await connectStdio('2026', openai())
    open.push(close)
    fake.script(...threeCycles)
    const args = { tools: ['calculator'], sessionId: 's' }
    const first = await call('run_agent', { prompt: 'What is (2+2)+6?', ...args })
    expect(first.structuredContent).toMatchObject({ status: 'completed', text: 'It is 10.' })
    expect(inputs()).toEqual(inputsOfThree)
    fake.script({ text: 'Yes.' })
    await call('run_agent', { prompt: 'Sure?', ...args })
    expect(inputs().at(-1)).toEqual([
      'message',
      ...cycle,
      ...cycle,
      'reasoning',
      'message',
      'message',
    ])
    expectOpenAi()
  })

  test('models F1: a session in files keeps the reasoning of gpt-5.6 over a restart', async () => {
    const env = { ...openai(), LITELLM_AGENTS_SESSIONS_DIR: temporaryFolder() }
    fake.script(...threeCycles)
    const args = { tools: ['calculator'], sessionId: 's' }
    const one = await connectStdio('2026', env)
    await one.call('run_agent', { prompt: 'What is (2+2)+6?', ...args })
    await one.close()
    const { call, close } = await connectStdio('2026', env)
    open.push(close)
    fake.script({ text: 'Yes.' })
    const { structuredContent } = await call('run_agent', { prompt: 'Sure?', ...args })
    expect(structuredContent).toMatchObject({ status: 'completed', text: 'Yes.' })
    expect(
      inputs()
        .at(-1)
        ?.filter((type) => type === 'reasoning'),
    ).toHaveLength(3)
  })

  test('models F1: a custom base URL keeps chat completions, where OpenAI itself refuses tools', async () => {
    const chat = { LITELLM_AGENTS_MODEL_ID: 'openai/gpt-5.6', OPENAI_BASE_URL: `${fake.url}/v1` }
    fake.script({ text: 'Hi.' })
    await runProgram(['run', 'Hi', '--tool', 'calculator'], { env: { ...openai(), ...chat } })
    expect(fake.modelRequests[0]?.path).toBe('/v1/chat/completions')
    const refused = await fetch(`${fake.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-fake-openai': 'yes' },
      body: JSON.stringify({
        model: 'gpt-5.6',
        messages: [],
        tools: [{ type: 'function', function: {} }],
      }),
    })
    expect(refused.status).toBe(400)
  })
})

describe('gpt-5.6 with a calculator, on PostgreSQL', () => {
  const servers = serversOnPostgres()
  const token = 'a-token-for-tests-0123456789'

  async function node() {
    const server = await servers.start({ ...openai(), LITELLM_AGENTS_AUTH_TOKEN: token })
    const { call } = await connectHttp('2026', server)
    const ask = async (tool: string, args: object) =>
      (await call(tool, { ...args })).structuredContent
    return { server, ask }
  }

  test('models F1: a durable run of gpt-5.6 that is killed goes on with its reasoning', async () => {
    const one = await node()
    fake.script(thinking('2+2'), { text: 'lost', end: 'hang' }, thinking('4+6'), answer)
    const prompt = 'What is (2+2)+6?'
    const { runId } = await one.ask('run_agent', { prompt, tools: ['calculator'], waitSeconds: 0 })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    await one.server.stop()
    const other = await node()
    const result = await other.ask('get_run', { runId, waitSeconds: 30 })
    expect(result).toMatchObject({ status: 'completed', text: 'It is 10.' })
    const [first, second, third] = inputsOfThree
    expect(inputs()).toEqual([first, second, second, third])
    expect(fake.modelRequests[2]?.body).toEqual(fake.modelRequests[1]?.body)
    expectOpenAi()
  })

  test('models F1: a session of gpt-5.6 goes on with its reasoning on another server', async () => {
    fake.script(...threeCycles)
    const args = { tools: ['calculator'], sessionId: 's' }
    const [one, other] = [await node(), await node()]
    await one.ask('run_agent', { prompt: 'What is (2+2)+6?', ...args })
    fake.script({ text: 'Yes.' })
    expect(await other.ask('run_agent', { prompt: 'Sure?', ...args })).toMatchObject({
      text: 'Yes.',
    })
    expect(
      inputs()
        .at(-1)
        ?.filter((type) => type === 'reasoning'),
    ).toHaveLength(3)
  })
})
