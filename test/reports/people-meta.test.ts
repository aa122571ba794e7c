import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ChildSpending } from '../../src/agent/metrics/types.js'
import type { ParentRun } from '../../src/agent/tools/tool.js'
import { reportSpending } from '../../src/toolsets/mcp/spending.js'
import { type Connection, connectStdio } from '../helpers/connect.js'
import {
  type FakeProvider,
  type JsonObject,
  startFakeProvider,
} from '../helpers/fake-provider/index.js'
import { upstream } from '../helpers/program.js'

const prefix = 'io.github.litellm-agents-mcp/'

let fake: FakeProvider
let client: Connection

beforeAll(async () => {
  fake = await startFakeProvider()
  client = await connectStdio('2025', upstream(fake))
})
afterAll(async () => {
  await client.close()
  await fake.close()
})
beforeEach(() => fake.reset())

const sum = { name: 'calculator', arguments: { expression: '2+2' } }

/** Runs an agent that makes so many model calls. */
function runOf(cycles: number): Promise<JsonObject> {
  const calls = Array.from({ length: cycles - 1 }, () => ({ toolCalls: [sum] }))
  fake.script(...calls, { text: '4' })
  return client.call('run_agent', { prompt: 'What is 2+2?', tools: ['calculator'] })
}

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** Every value in plain data, with its keys. */
function leaves(value: unknown, at = ''): [string, unknown][] {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) => leaves(member, `${at}.${key}`))
    : [[at, value]]
}

describe('people F7: _meta is small, because some clients pass it to their model', () => {
  test('a result of "2+2" is under 1,000 bytes in total', async () => {
    fake.script({ text: '2+2 = 4.' })
    const { content, structuredContent, _meta } = await client.call('run_agent', {
      prompt: 'What is 2+2?',
    })
    expect(bytes({ content, structuredContent, _meta })).toBeLessThan(1_000)
  })

  test('a second model call adds less than 250 bytes', async () => {
    const one = bytes(await runOf(1))
    fake.reset()
    const two = bytes(await runOf(2))
    // The entry of the calculator comes with it.
    expect(two - one).toBeLessThan(250)
  })

  test('milliseconds are whole and cycles have no nulls', async () => {
    const { _meta } = await runOf(3)
    const metrics = _meta[`${prefix}metrics`]
    expect(metrics.cycles).toHaveLength(3)
    expect(metrics.cycles[0]).toMatchObject({
      modelId: 'openai/gpt-4o-mini',
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
      latencyMs: expect.any(Number),
      stopReason: 'toolUse',
    })
    for (const [at, value] of leaves(metrics)) {
      if (at.startsWith('.cycles')) expect([at, value]).not.toEqual([at, null])
      if (at.endsWith('Ms')) expect([at, Number.isInteger(value)]).toEqual([at, true])
    }
    expect(metrics.tools.calculator).toMatchObject({ calls: 2, errors: 0 })
  })

  test('beyond five cycles the rest are in the resource of the run', async () => {
    const { structuredContent, _meta } = await runOf(9)
    const metrics = _meta[`${prefix}metrics`]
    expect(metrics.cycles).toHaveLength(5)
    expect(metrics.moreCycles).toBe(4)
    expect(bytes(_meta)).toBeLessThan(2_000)
    const uri = `litellm-agents://runs/${structuredContent.runId}`
    const { contents } = await client.request('resources/read', { uri })
    const run = JSON.parse(contents[0].text)
    expect(run[`${prefix}metrics`].cycles).toHaveLength(9)
    expect(run[`${prefix}metrics`].cycles[8]).toMatchObject({ rawStopReason: 'stop' })
    expect(run[`${prefix}usage`]).toEqual(_meta[`${prefix}usage`])
  })
})

test('people F7: an agent that calls another server counts the cycles that its result leaves out', async () => {
  const { content, structuredContent, _meta } = await runOf(9)
  let reported: ChildSpending | undefined
  const run = {
    budget: {},
    report: (_: string, spending: ChildSpending) => {
      reported = spending
    },
  }
  reportSpending('other', { content, structuredContent, _meta }, run as unknown as ParentRun, {})
  const cycles = reported?.metrics.cycles ?? []
  expect(cycles).toHaveLength(9)
  const input = cycles.reduce((total, { usage }) => total + (usage?.inputTokens ?? 0), 0)
  expect(input).toBe(structuredContent.usage.inputTokens)
  const cost = cycles.reduce((total, { costUsd }) => total + (costUsd ?? 0), 0)
  expect(cost).toBeCloseTo(structuredContent.costUsd)
})
