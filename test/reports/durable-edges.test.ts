import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../helpers/config-file.js'
import { connectHttp } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { type Environment, upstream } from '../helpers/program.js'
import { serversOnPostgres } from '../helpers/servers-on-postgres.js'

const servers = serversOnPostgres()
let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const careful = { description: 'Calculates', tools: ['calculator'], approval: ['calculator'] }
const LITELLM_AGENTS_CONFIG = configFile({
  agents: { careful, boss: { description: 'Asks', tools: ['agent_careful'] } },
})

async function node(extra: Environment = {}) {
  const env = { ...upstream(fake), LITELLM_AGENTS_CONFIG, ...extra }
  const server = await servers.start(env, ['--no-auth'])
  const { call } = await connectHttp('2026', server)
  return {
    server,
    call: async (tool: string, args: JsonObject): Promise<JsonObject> =>
      (await call(tool, args, { timeout: 60_000 })).structuredContent,
  }
}

const calculation = { id: 'call_1', name: 'calculator', arguments: { expression: '6*7' } }

/** Waits until the run waits for approval, and returns the ids of its calls. */
async function pending(one: Awaited<ReturnType<typeof node>>, runId: string): Promise<string[]> {
  const approvals = async (): Promise<JsonObject[]> =>
    (await one.call('get_run', { runId, waitSeconds: 1 })).approvals ?? []
  await expect.poll(async () => (await approvals()).length, { timeout: 20_000 }).toBe(1)
  return (await approvals()).map(({ toolUseId }) => toolUseId as string)
}

test('hardening 2: SIGTERM while a step waits to be recorded hands the run over and never cancels it', async () => {
  const one = await node()
  fake.script({ toolCalls: [calculation], delayMs: 300 }, { text: '42' }, { text: '42' })
  const { runId } = await one.call('run_agent', {
    prompt: 'Hi',
    tools: ['calculator'],
    waitSeconds: 0,
  })
  await fake.waitFor(({ modelRequests }) => modelRequests.length === 1)
  const other = await node()
  // The record of the first model call waits for this lock until the first node has ended.
  const locked = servers.database().query(
    `DO $$ BEGIN LOCK TABLE litellm_agents_dbos.operation_outputs IN EXCLUSIVE MODE;
       PERFORM pg_sleep(7); END $$`,
  )
  await fake.waitFor(({ modelRequests }) => modelRequests[0]?.finishedAt)
  process.kill(one.server.pid, 'SIGTERM')
  await locked
  const result = await other.call('get_run', { runId, waitSeconds: 40 })
  expect(result).toMatchObject({ status: 'completed', text: '42' })
}, 90_000)

test('hardening 2: rolling restarts by SIGTERM at random moments cancel no run', async () => {
  const steps = 4
  const answer = ({ body }: { body: JsonObject }) => {
    const done = body.messages.filter(({ role }: JsonObject) => role === 'tool').length
    const said = done === steps ? { text: 'The end' } : { toolCalls: [calculation] }
    return { ...said, delayMs: 50 + Math.random() * 200 }
  }
  fake.script(...Array.from({ length: 400 }, () => answer))
  const survivor = await node()
  const runIds: string[] = []
  for (let round = 0; round < 4; round++) {
    const one = await node()
    const started = await Promise.all(
      Array.from({ length: 5 }, () =>
        one.call('run_agent', {
          prompt: 'Go',
          tools: ['calculator'],
          waitSeconds: 0,
          idempotencyKey: crypto.randomUUID(),
        }),
      ),
    )
    runIds.push(...started.map(({ runId }) => runId as string))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_200))
    process.kill(one.server.pid, 'SIGTERM')
  }
  for (const runId of runIds) {
    const result = await survivor.call('get_run', { runId, waitSeconds: 40 })
    expect(result).not.toHaveProperty('error')
    expect(result).toMatchObject({ status: 'completed', text: 'The end' })
  }
}, 120_000)

test('hardening 9c: answer_approval on PostgreSQL waits for what follows the answer', async () => {
  const one = await node()
  const other = await node()
  fake.script({ toolCalls: [calculation] }, { text: '42', delayMs: 500 })
  const { runId } = await one.call('run_agent', { prompt: 'Go', agent: 'careful', waitSeconds: 0 })
  const [toolUseId] = await pending(one, runId)
  const answer = { runId, toolUseId, approve: true, waitSeconds: 20 }
  expect(await other.call('answer_approval', answer)).toMatchObject({
    status: 'completed',
    text: '42',
  })
}, 60_000)

test.each([
  ['with 5,300 characters', `call_1__thought__${'Ab3/'.repeat(1_325)}`],
  ['with a NUL', 'call\u0000one'],
  ['with spaces and quotes', `call '1" %s \\ {}`],
  ['outside the basic plane', 'call_😀_'.repeat(40)],
])(
  'hardening 10: a tool-call id %s can be approved, also in an agent below',
  async (_, id) => {
    const one = await node()
    const call = { ...calculation, id }
    fake.script({ toolCalls: [call] }, { text: '42' })
    const { runId } = await one.call('run_agent', {
      prompt: 'Go',
      agent: 'careful',
      waitSeconds: 0,
    })
    const [toolUseId] = await pending(one, runId)
    const answer = { runId, toolUseId, approve: true, waitSeconds: 20 }
    expect(await one.call('answer_approval', answer)).toMatchObject({
      status: 'completed',
      text: '42',
    })

    fake.script(
      { toolCalls: [{ id, name: 'agent_careful', arguments: { prompt: 'Help' } }] },
      { toolCalls: [call] },
      { text: 'helped' },
      { text: '43' },
    )
    const below = await one.call('run_agent', { prompt: 'Go', agent: 'boss', waitSeconds: 0 })
    const [belowId] = await pending(one, below.runId)
    const second = { runId: below.runId, toolUseId: belowId, approve: true, waitSeconds: 20 }
    expect(await one.call('answer_approval', second)).toMatchObject({
      status: 'completed',
      text: '43',
    })
  },
  90_000,
)
