import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  type StepFunction,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { modernParams, takesTasks } from '../helpers/modern-params.js'
import { type Program, startProgram, upstream } from '../helpers/program.js'

/** Of one run; a minute is a matter of patience only. */
const seconds = Number(process.env.LONG_RUN_SECONDS ?? 12)
const secondsPerCycle = 3
const cycles = seconds / secondsPerCycle
/** The client's clock. */
const timeout = 5_000
const deadline = (seconds + 30) * 1_000

let fake: FakeProvider

beforeAll(async () => {
  fake = await startFakeProvider()
})
afterAll(() => fake.close())
beforeEach(() => {
  fake.reset()
  fake.script(...Array.from({ length: 4 * cycles }, () => slowCycle))
})

const slowCycle: StepFunction = ({ body, lastUserText }) => {
  const done = body.messages.filter(({ role }: JsonObject) => role === 'assistant').length
  const answer = { text: `Done: ${lastUserText}` }
  const toolCalls = [{ name: 'calculator', arguments: { expression: `${done} + 1` } }]
  return { ...(done < cycles - 1 ? { toolCalls } : answer), delayMs: secondsPerCycle * 1_000 }
}

const callsFor = (prompt: string) =>
  fake.modelRequests.filter(({ rawBody }) => rawBody.includes(prompt))

const args = (prompt: string) => ({ prompt, tools: ['calculator'] })

describe('a client with a clock of five seconds gets the result of a longer run', () => {
  test.concurrent.each(['stdio', 'http'] as const)(
    'by handle, over %s',
    { timeout: deadline },
    async (door) => {
      const client = await connect('sdk1', door, upstream(fake))
      const prompt = `By handle over ${door}`
      const options = { timeout }
      let result = await client.call('run_agent', { ...args(prompt), waitSeconds: 2 }, options)
      const { runId } = result.structuredContent
      expect(result.structuredContent.status).toBe('running')
      expect(result.content[0].text).toContain(`get_run`)
      const seen: JsonObject[] = []
      while (result.structuredContent.status === 'running') {
        result = await client.call('get_run', { runId, waitSeconds: 3 }, options)
        seen.push(result.structuredContent)
      }
      expect(result.structuredContent).toMatchObject({
        status: 'completed',
        text: `Done: ${prompt}`,
        runId,
      })
      // What it used could be seen to grow.
      const tokens = seen.map(({ usage }) => usage.totalTokens)
      expect(tokens).toEqual([...tokens].sort((one, other) => one - other))
      expect(new Set(tokens).size).toBeGreaterThan(1)
      expect(result._meta['io.github.litellm-agents-mcp/metrics'].cycles).toHaveLength(cycles)
      expect(callsFor(prompt)).toHaveLength(cycles)
      await client.close()
    },
  )

  test.concurrent('by progress', { timeout: deadline }, async () => {
    const client = await connect('2025', 'stdio', upstream(fake))
    const prompt = 'By progress'
    const heard: (string | undefined)[] = []
    const result = await client.call(
      'run_agent',
      { ...args(prompt), waitSeconds: 600 },
      {
        timeout,
        resetTimeoutOnProgress: true,
        onprogress: ({ message }) => heard.push(message),
      },
    )
    expect(result.structuredContent).toMatchObject({ status: 'completed', text: `Done: ${prompt}` })
    expect(heard).toContain('cycle 2: calculator')
    expect(callsFor(prompt)).toHaveLength(cycles)
    await client.close()
  })

  test.concurrent('by task', { timeout: deadline }, async () => {
    const server = startProgram([], upstream(fake))
    const prompt = 'By task'
    const request = requester(server)
    const created = await request('tools/call', { name: 'run_agent', arguments: args(prompt) })
    expect(created.result).toMatchObject({
      resultType: 'task',
      status: 'working',
      ttlMs: 86_400_000,
    })
    const { taskId, pollIntervalMs } = created.result
    const words = new Set<string>()
    let task = created.result
    while (task.status === 'working') {
      await new Promise((resolve) => setTimeout(resolve, pollIntervalMs))
      task = (await request('tasks/get', { taskId })).result
      words.add(task.statusMessage)
    }
    expect(task).toMatchObject({
      resultType: 'complete',
      taskId,
      status: 'completed',
      result: { structuredContent: { status: 'completed', text: `Done: ${prompt}` } },
    })
    expect([...words]).toContain('cycle 2')
    expect(callsFor(prompt)).toHaveLength(cycles)
    await server.stop()
  })
})

/** Requests of a 2026 client that takes tasks. */
function requester(server: Program) {
  let id = 0
  return async (method: string, params: JsonObject, tasks = true): Promise<JsonObject> => {
    server.send({ id: ++id, method, params: modernParams(params, tasks ? takesTasks : {}) })
    return server.answer(id)
  }
}
