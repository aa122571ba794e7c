import { expect, test } from 'vitest'
import { AgentError } from '../../../src/agent/errors.js'
import { spendingRows } from '../../../src/runs/history/spending-rows.js'
import { MemoryUsageTotals } from '../../../src/runs/history/usage-totals.js'
import { BoundedStore } from '../../../src/runs/in-process/bounded-store.js'
import { FairQueue, type QueueEntry } from '../../../src/runs/in-process/fair-queue.js'
import { inProcessEngine, spec } from '../../helpers/engine.js'

test('places in the queue take turns by principal', () => {
  const queue = new FairQueue(1, 10)
  const started: string[] = []
  const place = (principal: string, name: string): QueueEntry => {
    const made = { principal, start: () => void started.push(name), refuse: () => {} }
    queue.enter(made)
    return made
  }
  place('ann', 'a1')
  const places = [place('ann', 'a2'), place('ann', 'a3'), place('ann', 'a4')]
  const bob = place('bob', 'b1')
  expect([...places, bob].map((one) => queue.position(one))).toEqual([0, 2, 3, 1])
  const [, a3] = places as [QueueEntry, QueueEntry, QueueEntry]
  expect(queue.cancel(a3)).toBe(true)
  expect(queue.cancel(a3)).toBe(false)
  for (let ended = 0; ended < 5; ended++) queue.leave()
  expect(started).toEqual(['a1', 'a2', 'b1', 'a4'])
})

test('a queue refuses what is beyond its bound', () => {
  const queue = new FairQueue(1, 1)
  const place = { principal: 'ann', start: () => {}, refuse: () => {} }
  queue.enter(place)
  queue.enter({ ...place })
  expect(() => queue.enter({ ...place })).toThrow(AgentError)
})

test('runs wait for their turn and say how many are before them', async () => {
  const { engine, models } = inProcessEngine(['hang'], { maxConcurrent: 1, maxQueued: 2 })
  const first = await engine.start(spec())
  const second = await engine.start(spec())
  const third = await engine.start(spec())
  const heard: string[] = []
  const wait = engine.wait(third.runId, 'ann', {
    timeoutMs: 10_000,
    onProgress: (doing) => heard.push(doing),
  })
  expect(await engine.get(third.runId, 'ann')).toMatchObject({
    status: 'queued',
    activity: 'queued, 1 before it',
  })
  await expect(engine.start(spec())).rejects.toMatchObject({
    code: 'rateLimit',
    retryable: true,
    hint: expect.stringContaining('runs.maxConcurrent'),
  })
  // One that has not begun has cost nothing.
  expect(await engine.cancel(second.runId, 'ann')).toMatchObject({
    status: 'cancelled',
    usage: { totalTokens: 0 },
    metrics: { costUsd: 0 },
  })
  await expect.poll(() => heard, { timeout: 3_000 }).toContain('queued, 0 before it')
  await engine.cancel(first.runId, 'ann')
  await expect.poll(() => models[1]?.requests.length).toBe(1)
  expect(heard).toContain('started')
  await engine.cancel(third.runId, 'ann')
  expect((await wait)?.status).toBe('cancelled')
})

test('results that were told at once do not push out those somebody may come back for', async () => {
  const { engine } = inProcessEngine(['Hello'], { maxResults: 2 })
  const { runId } = await engine.start(spec(), { idempotency: { key: 'k', argumentsDigest: 'a' } })
  await engine.wait(runId, 'ann', { timeoutMs: 5_000 })
  const { signal } = new AbortController()
  for (let count = 0; count < 5; count++) {
    const told = await engine.start(spec(), { signal })
    await engine.wait(told.runId, 'ann', { timeoutMs: 5_000, signal })
  }
  expect((await engine.get(runId, 'ann'))?.status).toBe('completed')
  expect(await engine.list('ann')).toHaveLength(3)
})

test('a result bigger than all that may be kept reaches who waits, and stays until another comes', async () => {
  const { engine } = inProcessEngine(['Hello'], { maxResultBytes: 3 })
  const idempotency = { key: 'k', argumentsDigest: 'a' }
  const { runId } = await engine.start(spec(), { idempotency })
  const record = await engine.wait(runId, 'ann', { timeoutMs: 5_000 })
  expect(record).toMatchObject({ status: 'completed', text: 'Hello' })
  expect(await engine.get(runId, 'ann')).toEqual(record)
  expect((await engine.start(spec(), { idempotency })).runId).toBe(runId)

  const other = await engine.start(spec(), { idempotency: { ...idempotency, key: 'l' } })
  await engine.wait(other.runId, 'ann', { timeoutMs: 5_000 })
  expect(await engine.get(runId, 'ann')).toBeUndefined()
})

test('runs that end together are each told, where only one result can be kept', async () => {
  const { engine } = inProcessEngine(['Hello'], { maxResults: 1 })
  const { signal } = new AbortController()
  const started = await Promise.all([1, 2, 3].map(() => engine.start(spec(), { signal })))
  const records = await Promise.all(
    started.map(({ runId }) => engine.wait(runId, 'ann', { timeoutMs: 5_000, signal })),
  )
  expect(records.map((record) => record?.status)).toEqual(Array(3).fill('completed'))
})

test('of a fault of ours a run tells no more than that it happened, and its key is free', async () => {
  const faults: unknown[] = []
  const fault = new Error('a secret detail')
  const { engine } = inProcessEngine([], {
    fault,
    onUnexpectedError: (thrown) => faults.push(thrown),
  })
  const idempotency = { key: 'k', argumentsDigest: 'a' }
  const { runId } = await engine.start(spec(), { idempotency })
  const record = await engine.wait(runId, 'ann', { timeoutMs: 5_000 })
  expect(record).toMatchObject({
    status: 'failed',
    usage: { totalTokens: 0 },
    outcome: { error: { code: 'providerError', internal: true } },
  })
  expect(JSON.stringify(record)).not.toContain('secret')
  expect(faults).toEqual([fault])
  expect((await engine.start(spec(), { idempotency })).runId).not.toBe(runId)
})

test('what is kept goes with time, by number and by size, the oldest first', () => {
  let now = 0
  const dropped: string[] = []
  const store = new BoundedStore<string>(
    { ttlMs: 100, maxCount: 3, maxBytes: 50 },
    (value) => dropped.push(value),
    () => now,
  )
  for (const name of ['a', 'b', 'c', 'd']) store.add(name, name, 10)
  expect(dropped).toEqual(['a'])
  store.add('big', 'big', 45)
  expect(dropped).toEqual(['a', 'b', 'c', 'd'])
  now = 100
  expect(store.get('big')).toBeUndefined()
  expect([...store.values()]).toEqual([])
})

test('totals of what each principal used, by model, agent and day', async () => {
  const totals = new MemoryUsageTotals()
  const { engine, ended } = inProcessEngine(['Hello'])
  for (const [principal, agent] of [
    ['ann', ''],
    ['ann', ''],
    ['ann', 'reviewer'],
    ['bob', ''],
  ] as const) {
    const { runId } = await engine.start(spec({ principal, agent }))
    await engine.wait(runId, principal, { timeoutMs: 5_000 })
  }
  for (const record of ended) totals.add(record, spendingRows(record.agent, record.metrics))
  const day = new Date().toISOString().slice(0, 10)
  const common = { day, modelId: 'scripted' }
  expect(await totals.of('ann')).toEqual([
    expect.objectContaining({ ...common, agent: '', runs: 2, modelCalls: 2, costUsd: 0.002 }),
    expect.objectContaining({ ...common, agent: 'reviewer', runs: 1, knownCostUsd: 0.001 }),
  ])
  expect(await totals.of('ann')).toMatchObject([{ usage: { totalTokens: 30 } }, {}])
  expect(await totals.of('bob')).toHaveLength(1)
})
