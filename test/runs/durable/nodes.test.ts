import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { connectHttp } from '../../helpers/connect.js'
import {
  type FakeProvider,
  type Step,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { type Environment, upstream } from '../../helpers/program.js'
import { serversOnPostgres } from '../../helpers/servers-on-postgres.js'

const token = 'a-token-for-tests-0123456789'

const servers = serversOnPostgres()
let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

/** One more server on the same database. */
async function node(extra: Environment = {}) {
  const env = { ...upstream(fake), LITELLM_AGENTS_AUTH_TOKEN: token }
  const server = await servers.start({ ...env, ...extra })
  const { call } = await connectHttp('2026', server)
  return {
    server,
    call: async (tool: string, args: object) => (await call(tool, { ...args })).structuredContent,
  }
}

const detached = { tools: ['calculator'], waitSeconds: 0 }
const calculation = { id: 'call_1', name: 'calculator', arguments: { expression: '6*7' } }

test('any node knows a run, waits for it and stops it', async () => {
  const [one, other] = await Promise.all([node(), node()])
  fake.script({ text: 'Slow', delayMs: 700 }, { text: 'Never', end: 'hang' })
  const { runId } = await one.call('run_agent', { prompt: 'Hi', ...detached })
  const waited = await other.call('get_run', { runId, waitSeconds: 20 })
  expect(waited).toMatchObject({ status: 'completed', text: 'Slow' })

  const second = await one.call('run_agent', { prompt: 'Hi', ...detached })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
  const waiting = one.call('get_run', { runId: second.runId, waitSeconds: 20 })
  expect(await other.call('cancel_run', { runId: second.runId })).toMatchObject({
    status: 'cancelled',
  })
  expect(await waiting).toMatchObject({ status: 'cancelled' })
  await fake.waitFor(({ modelRequests }) => modelRequests[1]?.abortedAt)
  const { runs } = await other.call('list_runs', {})
  expect(runs.map(({ status }: { status: string }) => status)).toEqual(['cancelled', 'completed'])
})

test('a key joins its run and a name its session, whichever node is asked', async () => {
  const [one, other] = await Promise.all([node(), node()])
  const same = { prompt: 'Once', idempotencyKey: 'k' }
  const answers = await Promise.all([one, other, one].map(({ call }) => call('run_agent', same)))
  expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1)
  expect(fake.modelRequests).toHaveLength(1)

  await one.call('run_agent', { prompt: 'First', sessionId: 's' })
  await other.call('run_agent', { prompt: 'Second', sessionId: 's' })
  const [, , third] = fake.modelRequests
  expect(JSON.stringify(third?.body.messages)).toMatch(/First.*Second/)
})

describe('a node that goes', () => {
  test('by SIGTERM ends the call it is in and hands the run over, with nothing paid twice', async () => {
    const one = await node()
    fake.script(
      { toolCalls: [calculation] },
      { toolCalls: [calculation], delayMs: 1_500 },
      { text: '42' },
    )
    const { runId } = await one.call('run_agent', { prompt: 'Hi', ...detached })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    const other = await node()
    process.kill(one.server.pid, 'SIGTERM')
    const result = await other.call('get_run', { runId, waitSeconds: 20 })
    expect(result).toMatchObject({ status: 'completed', text: '42' })
    expect(fake.modelRequests).toHaveLength(3)
  })

  test('by kill -9 is followed by one of the same deployment, in the step it was in', async () => {
    const blue = { LITELLM_AGENTS_CONFIG: configFile({ runs: { deployment: 'blue' } }) }
    const one = await node(blue)
    const stranger = await node()
    fake.script({ toolCalls: [calculation] }, { text: 'lost', end: 'hang' }, { text: '42' })
    const { runId } = await one.call('run_agent', { prompt: 'Hi', ...detached })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    await one.server.stop()
    // Longer than a node is given for dead.
    const left = await stranger.call('get_run', { runId, waitSeconds: 8 })
    expect(left).toMatchObject({ status: 'running' })
    const follower = await node(blue)
    const result = await follower.call('get_run', { runId, waitSeconds: 20 })
    expect(result).toMatchObject({ status: 'completed', text: '42' })
    const [, second, third] = fake.modelRequests
    expect(third?.body).toEqual(second?.body)
    expect(fake.modelRequests).toHaveLength(3)
  })

  test('by a pause finds its run gone when it comes back, and does nothing more to it', async () => {
    const one = await node()
    fake.script(
      { toolCalls: [calculation] },
      { toolCalls: [calculation], delayMs: 500 },
      { toolCalls: [calculation] },
      { text: '42', delayMs: 3_000 },
    )
    const { runId } = await one.call('run_agent', { prompt: 'Hi', ...detached })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 2)
    process.kill(one.server.pid, 'SIGSTOP')
    const other = await node()
    await fake.waitFor(({ modelRequests }) => modelRequests.length === 4, 20_000)
    process.kill(one.server.pid, 'SIGCONT')
    const result = await other.call('get_run', { runId, waitSeconds: 20 })
    expect(result).toMatchObject({ status: 'completed', text: '42' })
    expect(fake.modelRequests).toHaveLength(4)
    expect(await one.call('get_run', { runId })).toEqual(result)
  })

  test.each([
    ['in the middle of an agent below another', 2],
    ['after an agent below another', 3],
  ])('%s: no step of either is done again, and all is counted', async (_, lost) => {
    const helper = { description: 'Helps', tools: ['calculator'] }
    const agents = { boss: { description: 'Asks', tools: ['agent_helper'] }, helper }
    const file = { LITELLM_AGENTS_CONFIG: configFile({ agents }) }
    const one = await node(file)
    const usage = { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 }
    const delegation = { id: 'call_1', name: 'agent_helper', arguments: { prompt: 'Help' } }
    const answers: Step[] = [
      { toolCalls: [delegation], usage },
      { toolCalls: [calculation], usage },
      { text: 'helped', usage },
      { text: '42', usage },
    ]
    fake.script(...answers.toSpliced(lost, 0, { text: 'lost', end: 'hang' }))
    const { runId } = await one.call('run_agent', { prompt: 'Hi', agent: 'boss', waitSeconds: 0 })
    await fake.waitFor(({ modelRequests }) => modelRequests.length === lost + 1)
    await one.server.stop()
    const other = await node(file)
    const result = await other.call('get_run', { runId, waitSeconds: 20 })
    expect(result).toMatchObject({ status: 'completed', text: '42', usage: { totalTokens: 44 } })
    const { modelRequests } = fake
    expect(modelRequests).toHaveLength(5)
    expect(modelRequests[lost + 1]?.body).toEqual(modelRequests[lost]?.body)
    expect(JSON.stringify(modelRequests[4]?.body)).toContain('helped')
  })
})
