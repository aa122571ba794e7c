import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configFile } from '../../helpers/config-file.js'
import { connectHttp } from '../../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  type ModelRequest,
  type Step,
  startFakeProvider,
} from '../../helpers/fake-provider/index.js'
import { upstream } from '../../helpers/program.js'
import { serversOnPostgres } from '../../helpers/servers-on-postgres.js'

const servers = serversOnPostgres()
let fake: FakeProvider
beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => fake.reset())

const careful = { description: 'Calculates', tools: ['calculator'], approval: ['calculator'] }
const LITELLM_AGENTS_CONFIG = configFile({
  agents: {
    careful,
    other: careful,
    boss: { tools: ['careful', 'other'], approval: ['agent_careful'] },
  },
})

/** One more server on the same database. */
async function node() {
  const env = { ...upstream(fake), LITELLM_AGENTS_CONFIG }
  const server = await servers.start(env, ['--no-auth'])
  const { call } = await connectHttp('2026', server)
  const structured = async (tool: string, args: JsonObject): Promise<JsonObject> =>
    (await call(tool, args)).structuredContent
  return {
    server,
    start: async (agent: string): Promise<string> =>
      (await structured('run_agent', { prompt: 'Go', agent, waitSeconds: 0 })).runId,
    /** The calls that wait, by their arguments, as soon as they are these. */
    waiting: async (runId: string, ...inputs: JsonObject[]): Promise<string[]> => {
      const asked = async (): Promise<JsonObject[]> =>
        (await structured('get_run', { runId, waitSeconds: 0 })).approvals ?? []
      const all = expect.arrayContaining(inputs)
      await expect
        .poll(async () => (await asked()).map(({ input }) => input), { timeout: 20_000 })
        .toEqual(all)
      const approvals = await asked()
      expect(approvals).toHaveLength(inputs.length)
      return inputs.map((input) => {
        const found = approvals.find((one) => JSON.stringify(one.input) === JSON.stringify(input))
        return found?.toolUseId
      })
    },
    answer: async (runId: string, toolUseId: string | undefined, approve: boolean) => {
      const answer = { runId, toolUseId, approve, waitSeconds: 0 }
      expect(await structured('answer_approval', answer)).not.toHaveProperty('error')
    },
    /** A run is told of an answer a moment after it was given. */
    result: async (runId: string): Promise<JsonObject> => {
      for (;;) {
        const run = await structured('get_run', { runId, waitSeconds: 1 })
        if (run.status !== 'running') return run
      }
    },
  }
}

/** A provider that numbers the calls of each answer anew. */
const callOf = (expression: string): Step => ({
  toolCalls: [{ id: 'call_1', name: 'calculator', arguments: { expression } }],
})
const told = (request: number) => JSON.stringify(fake.modelRequests[request]?.body.messages.at(-1))

test('each call is asked about, also where the provider gives two the same id', async () => {
  const { answer, result, start, waiting } = await node()
  fake.script(callOf('2*3'), callOf('9*9'), { text: 'Done.' })
  const runId = await start('careful')
  const [first] = await waiting(runId, { expression: '2*3' })
  await answer(runId, first, true)
  const [second] = await waiting(runId, { expression: '9*9' })
  await answer(runId, second, false)
  expect(await result(runId)).toMatchObject({ status: 'completed', text: 'Done.' })
  expect(told(1)).toContain('Result: 6')
  expect(told(2)).toContain('not approved')
})

test('an agent below that counts like the one above is asked about for itself', async () => {
  const { answer, result, start, waiting } = await node()
  const delegation = { id: 'call_1', name: 'agent_careful', arguments: { prompt: 'Six?' } }
  fake.script({ toolCalls: [delegation] }, callOf('2*3'), { text: 'Six.' }, { text: 'Done.' })
  const runId = await start('boss')
  const [above] = await waiting(runId, { prompt: 'Six?' })
  await answer(runId, above, true)
  const [below] = await waiting(runId, { expression: '2*3' })
  await answer(runId, below, false)
  expect(await result(runId)).toMatchObject({ status: 'completed', text: 'Done.' })
  expect(told(2)).toContain('not approved')
})

test('calls with one id that wait side by side each get their own answer', async () => {
  const { answer, result, start, waiting } = await node()
  const delegations = ['1+1', '2+2'].map((prompt, index) => ({
    id: `call_${index + 1}`,
    name: 'agent_other',
    arguments: { prompt },
  }))
  fake.script({ toolCalls: delegations })
  const below = ({ lastUserText, toolResults }: ModelRequest): Step =>
    toolResults.length === 0 ? callOf(lastUserText) : { text: `${toolResults[0]?.text}` }
  fake.script(below, below, below, below, { text: 'Done.' })
  const runId = await start('boss')
  const [two, four] = await waiting(runId, { expression: '1+1' }, { expression: '2+2' })
  await answer(runId, four, false)
  await answer(runId, two, true)
  expect(await result(runId)).toMatchObject({ status: 'completed', text: 'Done.' })
  const [first, second] = fake.modelRequests.at(-1)?.body.messages.slice(-2) ?? []
  expect(JSON.stringify(first)).toContain('Result: 2')
  expect(JSON.stringify(second)).toContain('not approved')
})

test('a node that goes on with a run asks about the same call, and of no call again', async () => {
  const one = await node()
  fake.script(callOf('2*3'), callOf('9*9'), { text: 'Done.' })
  const runId = await one.start('careful')
  const [first] = await one.waiting(runId, { expression: '2*3' })
  await one.answer(runId, first, true)
  const [second] = await one.waiting(runId, { expression: '9*9' })
  await one.server.stop()
  const other = await node()
  expect(await other.waiting(runId, { expression: '9*9' })).toEqual([second])
  await other.answer(runId, second, true)
  expect(await other.result(runId)).toMatchObject({ status: 'completed', text: 'Done.' })
  expect(told(2)).toContain('Result: 81')
  expect(fake.modelRequests).toHaveLength(3)
})
