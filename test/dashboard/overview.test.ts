import { expect, test } from 'vitest'
import type { Spending } from '../../src/dashboard/overview.js'
import { overview } from '../../src/dashboard/overview.js'
import { MemoryRunHistory, type PastRun } from '../../src/runs/history/run-history.js'
import { inProcessEngine, spec } from '../helpers/engine.js'

const now = Date.UTC(2026, 4, 20, 15, 30)
const hourMs = 3_600_000

const past = (more: Partial<PastRun> = {}): PastRun => ({
  runId: 'one',
  principal: 'ann',
  agent: '',
  modelId: 'm',
  status: 'completed',
  createdAt: now - 1_000,
  endedAt: now,
  latencyMs: 1_000,
  cycles: 1,
  toolCalls: 0,
  toolErrors: 0,
  usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
  costUsd: 0.5,
  savedUsd: null,
  ...more,
})

const spent = (more: Partial<Spending>): Spending => ({
  at: now - (now % (24 * hourMs)),
  model: 'm',
  agent: '',
  principal: 'ann',
  runs: 1,
  modelCalls: 1,
  inputTokens: 1,
  outputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 1,
  costIncomplete: false,
  ...more,
})

test('a day is told by the hour, and what ended before it is not', () => {
  const runs = [past(), past({ endedAt: now - hourMs }), past({ endedAt: now - 25 * hourMs })]
  const { buckets, groups, totals } = overview('24h', runs, [], now)
  expect(buckets).toHaveLength(24)
  expect(new Date(buckets.at(-1) ?? 0).toISOString()).toBe('2026-05-20T15:00:00.000Z')
  expect(groups.model[0]?.costUsd.slice(-3)).toEqual([0, 0.5, 0.5])
  expect(totals).toMatchObject({ runs: 2, costUsd: 1, inputTokens: 20 })
})

test('agents that worked below a run are told apart from it, and counted once', () => {
  const part = (agent: string, modelId: string, knownCostUsd: number) => ({
    agent,
    modelId,
    runs: 1,
    cycles: 1,
    usage: null,
    costUsd: knownCostUsd,
    knownCostUsd,
  })
  const run = past({ agent: 'lead', parts: [part('lead', 'm', 0.2), part('helper', 'n', 0.3)] })
  const { groups, slowest, totals } = overview('24h', [run], [], now)
  expect(totals).toMatchObject({ runs: 1, costUsd: 0.5 })
  expect(groups.agent.map(({ name, costUsd }) => [name, costUsd.at(-1)])).toEqual([
    ['helper', 0.3],
    ['lead', 0.2],
  ])
  expect(groups.model.map(({ name }) => name)).toEqual(['n', 'm'])
  expect(slowest[0]).not.toHaveProperty('parts')
})

test('what is not known is told as such, and never as 0', () => {
  const { ended, totals } = overview('24h', [past(), past({ costUsd: null })], [], now)
  expect(totals).toMatchObject({ costUsd: 0.5, costIncomplete: true })
  expect(ended.savedUsd).toBeNull()
  expect(overview('24h', [past(), past({ savedUsd: 0.25 })], [], now).ended.savedUsd).toBe(0.25)
})

test('the largest are told apart, and all others are one', () => {
  const totals = Array.from({ length: 9 }, (_, index) =>
    spent({ model: `m${index}`, costUsd: index + 1 }),
  )
  const { model } = overview('7d', [], totals, now).groups
  expect(model.map(({ name, rest }) => (rest ? 'rest' : name))).toEqual([
    ...['m8', 'm7', 'm6', 'm5', 'm4'],
    'rest',
  ])
  expect(model.at(-1)?.costUsd.at(-1)).toBe(1 + 2 + 3 + 4)
})

test('the history keeps the last runs, each for its principal', async () => {
  const { engine, ended } = inProcessEngine([{ text: 'Hello' }])
  const { runId } = await engine.start(spec())
  await engine.wait(runId, 'ann', { timeoutMs: 10_000 })
  const [record] = ended
  if (!record) throw new Error('It has not ended.')
  const history = new MemoryRunHistory(10)
  for (let count = 0; count < 25; count++) history.add({ ...record, runId: `run-${count}` }, [])
  history.add({ ...record, principal: 'bob' }, [])
  const kept = await history.of('ann')
  expect(kept.length).toBeLessThanOrEqual(10)
  expect(kept[0]).toMatchObject({ runId: 'run-24', status: 'completed', cycles: 1 })
  expect(await history.of('bob')).toHaveLength(1)
  expect(await history.of('eve')).toEqual([])
})
