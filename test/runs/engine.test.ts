import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Tool } from '../../src/agent/tools/tool.js'
import type { StartOptions } from '../../src/runs/engine.js'
import type { RunSpec } from '../../src/runs/spec.js'
import {
  durableEngine,
  inProcessEngine,
  spec,
  type TestEngine,
  type TestEngineOptions,
} from '../helpers/engine.js'
import { startPostgres, type TestDatabase, type TestPostgres } from '../helpers/postgres.js'
import type { Step } from '../helpers/scripted-model.js'

const patient = { timeoutMs: 10_000 }
const unknownId = '2f1e8a90-6a0b-4c1e-9a55-000000000000'

let postgres: TestPostgres
let database: TestDatabase
beforeAll(async () => {
  postgres = await startPostgres()
  database = await postgres.database()
})
afterAll(() => postgres.stop())

interface Kind {
  open(steps: readonly Step[], options?: TestEngineOptions): TestEngine | Promise<TestEngine>
  /** By when a run that was started is at work. */
  settledMs: number
}

const kinds: Record<string, Kind> = {
  'in process': { open: inProcessEngine, settledMs: 100 },
  'on PostgreSQL': {
    open: (steps, options) => durableEngine(database, steps, options),
    settledMs: 1_000,
  },
}

let running: TestEngine
afterEach(() => running?.engine.close(0))

/** A run that has got as far as its first model call. */
async function startedRun(more?: Partial<RunSpec>, options?: StartOptions): Promise<string> {
  const before = running.models.length
  const { runId } = await running.engine.start(spec(more), options)
  await expect.poll(() => running.models[before]?.requests.length).toBe(1)
  return runId
}

/** A tool that is at work until it is told to end. */
function gate() {
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const tool: Tool = {
    spec: { name: 'wait', description: 'Waits', inputSchema: { type: 'object' } },
    run: async () => {
      await opened
      return 'waited'
    },
  }
  return { tool, open }
}

const twoCycles: Step[] = [{ text: 'Wait.', calls: [{ name: 'wait', input: {} }] }, 'Done.']

describe.each(Object.entries(kinds))('runs %s', (_, { open, settledMs }) => {
  async function start(steps: readonly Step[], options?: TestEngineOptions): Promise<TestEngine> {
    running = await open(steps, options)
    return running
  }

  describe('a run', () => {
    test('is waited for, and found again afterwards', async () => {
      const { engine, ended } = await start(['Hello'])
      const { runId } = await engine.start(spec())
      const record = await engine.wait(runId, 'ann', patient)
      expect(record).toMatchObject({
        runId,
        principal: 'ann',
        status: 'completed',
        text: 'Hello',
        usage: { totalTokens: 15 },
        metrics: { costUsd: 0.001 },
        outcome: { result: { text: 'Hello', stopReason: 'endTurn' } },
      })
      expect(record?.expiresAt).toBe((record?.endedAt ?? 0) + 60_000)
      expect(await engine.get(runId, 'ann')).toEqual(record)
      expect(await engine.wait(runId, 'ann', patient)).toEqual(record)
      await expect.poll(() => ended).toEqual([record])
    })

    test('is data as far as it has come: its text, its usage and what it is doing', async () => {
      const { tool, open } = gate()
      const { engine } = await start(twoCycles, { tools: [tool] })
      const heard: string[] = []
      const { runId } = await engine.start(spec({ sessionId: 's' }))
      const early = await engine.wait(runId, 'ann', {
        timeoutMs: settledMs,
        onProgress: (doing) => heard.push(doing),
      })
      expect(early).toMatchObject({
        status: 'running',
        sessionId: 's',
        activity: 'cycle 1: wait',
        text: 'Wait.',
        usage: { totalTokens: 15 },
        metrics: { costUsd: 0.001, cycles: [{ costUsd: 0.001 }] },
      })
      expect(early).not.toHaveProperty('outcome')
      expect(heard.at(-1)).toBe('cycle 1: wait')
      const before = heard.length
      open()
      const late = await engine.wait(runId, 'ann', {
        ...patient,
        onProgress: (doing) => heard.push(doing),
      })
      expect(late).toMatchObject({ status: 'completed', text: 'Done.', usage: { totalTokens: 30 } })
      expect(heard[before]).toBe('cycle 1: wait')
    })

    test('fails with what it spent', async () => {
      const { tool, open } = gate()
      open()
      const { engine } = await start([twoCycles[0] as Step], { tools: [tool] })
      const { runId } = await engine.start(spec())
      const record = await engine.wait(runId, 'ann', patient)
      expect(record).toMatchObject({
        status: 'failed',
        outcome: { error: { code: 'providerError', metrics: { tools: { wait: { calls: 1 } } } } },
      })
      expect(record?.metrics.cycles).toHaveLength(2)
    })

    test('has several waiters, and each hears of its end', async () => {
      const { tool, open } = gate()
      const { engine, models } = await start(twoCycles, { tools: [tool] })
      const { runId } = await engine.start(spec())
      const waits = [1, 2, 3].map(() => engine.wait(runId, 'ann', patient))
      open()
      const texts = (await Promise.all(waits)).map((record) => record?.text)
      expect(texts).toEqual(['Done.', 'Done.', 'Done.'])
      expect(models).toHaveLength(1)
    })

    test('can be read from the prompt on, without its pictures', async () => {
      const { tool, open } = gate()
      open()
      const { engine } = await start(twoCycles, { tools: [tool] })
      const image = { format: 'png' as const, source: { bytes: 'AAAA' } }
      const { runId } = await engine.start(spec({ prompt: [{ text: 'Look' }, { image }] }))
      await engine.wait(runId, 'ann', patient)
      expect(await engine.transcript(runId, 'ann')).toEqual([
        { role: 'user', content: [{ text: 'Look' }, { text: '[png image, 3 bytes]' }] },
        expect.objectContaining({ role: 'assistant' }),
        {
          role: 'user',
          content: [
            {
              toolResult: { toolUseId: 'call_1', status: 'success', content: [{ text: 'waited' }] },
            },
          ],
        },
        { role: 'assistant', content: [{ text: 'Done.' }] },
      ])
    })
  })

  describe('cancelling', () => {
    test('stops the model call and keeps what was spent', async () => {
      const { tool, open } = gate()
      open()
      const { engine } = await start([twoCycles[0] as Step, 'hang'], { tools: [tool] })
      const { runId } = await engine.start(spec())
      await expect.poll(() => running.models[0]?.requests.length).toBe(2)
      const record = await engine.cancel(runId, 'ann')
      expect(record).toMatchObject({ status: 'cancelled', usage: { totalTokens: 15 } })
      expect(await engine.cancel(runId, 'ann')).toEqual(record)
    })

    test('lets those who wait go', async () => {
      const { engine } = await start(['hang'])
      const runId = await startedRun()
      const wait = engine.wait(runId, 'ann', patient)
      await engine.cancel(runId, 'ann')
      expect((await wait)?.status).toBe('cancelled')
    })

    test('comes from the call that started it, for as long as it waits', async () => {
      const { engine } = await start(['hang'])
      const caller = new AbortController()
      const runId = await startedRun({}, { signal: caller.signal })
      const wait = engine.wait(runId, 'ann', { ...patient, signal: caller.signal })
      caller.abort()
      expect((await wait)?.status).toBe('cancelled')
    })

    test('no longer comes from a call that was told to come back', async () => {
      const { engine } = await start(['hang'])
      const caller = new AbortController()
      const runId = await startedRun({}, { signal: caller.signal })
      await engine.wait(runId, 'ann', { timeoutMs: 0, signal: caller.signal })
      caller.abort()
      expect((await engine.get(runId, 'ann'))?.status).toBe('running')
      expect((await engine.cancel(runId, 'ann'))?.status).toBe('cancelled')
    })

    test('does not come from somebody who waits for a run of another call', async () => {
      const { engine } = await start(['hang'])
      const [caller, other] = [new AbortController(), new AbortController()]
      const runId = await startedRun({}, { signal: caller.signal })
      const wait = engine.wait(runId, 'ann', { ...patient, signal: other.signal })
      other.abort()
      expect((await wait)?.status).toBe('running')
      caller.abort()
      expect((await engine.wait(runId, 'ann', patient))?.status).toBe('cancelled')
    })
  })

  describe('principals', () => {
    test('never see each other’s runs', async () => {
      const { engine } = await start(['hang'])
      const runId = await startedRun()
      for (const id of [runId, unknownId]) {
        expect(await engine.get(id, 'bob')).toBeUndefined()
        expect(await engine.wait(id, 'bob', patient)).toBeUndefined()
        expect(await engine.cancel(id, 'bob')).toBeUndefined()
        expect(await engine.transcript(id, 'bob')).toBeUndefined()
      }
      expect(await engine.list('bob')).toEqual([])
      expect((await engine.cancel(runId, 'ann'))?.status).toBe('cancelled')
      expect(await engine.get(runId, 'bob')).toBeUndefined()
      expect(await engine.list('bob')).toEqual([])
      expect(await engine.list('ann')).toHaveLength(1)
    })

    test('have keys of their own', async () => {
      const { engine, models } = await start(['hang'])
      const idempotency = { key: 'k', argumentsDigest: 'a' }
      const ann = await startedRun({}, { idempotency })
      const bob = await startedRun({ principal: 'bob' }, { idempotency })
      expect(ann).not.toBe(bob)
      expect(models).toHaveLength(2)
      await engine.close(0)
    })
  })

  describe('an idempotency key', () => {
    const idempotency = { key: 'k', argumentsDigest: 'a' }

    test('joins the run, however often and at the same time', async () => {
      const { engine, models } = await start(['Hello'])
      const handles = await Promise.all([1, 2, 3].map(() => engine.start(spec(), { idempotency })))
      const [first] = handles
      expect(new Set(handles.map(({ runId }) => runId)).size).toBe(1)
      await engine.wait(first?.runId ?? '', 'ann', patient)
      expect((await engine.start(spec(), { idempotency })).runId).toBe(first?.runId)
      expect(models).toHaveLength(1)
    })

    test('is refused with other arguments', async () => {
      const { engine } = await start(['Hello'])
      await engine.start(spec(), { idempotency })
      await expect(
        engine.start(spec(), { idempotency: { key: 'k', argumentsDigest: 'b' } }),
      ).rejects.toMatchObject({ code: 'invalidRequest', hint: expect.stringContaining('key') })
    })

    test('detaches its run from the call', async () => {
      const { engine } = await start(['hang'])
      const caller = new AbortController()
      const runId = await startedRun({}, { idempotency, signal: caller.signal })
      const wait = engine.wait(runId, 'ann', { ...patient, signal: caller.signal })
      caller.abort()
      expect((await wait)?.status).toBe('running')
    })

    test('starts anew when the result is no longer kept, also with other arguments', async () => {
      const { engine } = await start(['Hello'], { resultTtlSeconds: 0.3 })
      const ids: string[] = []
      for (const argumentsDigest of ['a', 'a', 'b']) {
        const { runId } = await engine.start(spec(), { idempotency: { key: 'k', argumentsDigest } })
        expect(ids).not.toContain(runId)
        ids.push(runId)
        await expect.poll(() => running.ended.map((record) => record.runId)).toContain(runId)
        await expect.poll(() => engine.get(runId, 'ann')).toBeUndefined()
      }
    })

    test('starts anew after a cancel', async () => {
      const { engine } = await start(['hang'])
      const first = await startedRun({}, { idempotency })
      await engine.cancel(first, 'ann')
      const second = await startedRun({}, { idempotency: { key: 'k', argumentsDigest: 'b' } })
      expect(second).not.toBe(first)
      expect((await engine.get(first, 'ann'))?.status).toBe('cancelled')
      expect((await engine.get(second, 'ann'))?.status).toBe('running')
    })
  })

  test('a list shows the latest first, by status and session', async () => {
    const { engine } = await start(['Hello', 'hang'])
    const ids: string[] = []
    for (const sessionId of ['a', 'b', 'a']) {
      const { runId } = await engine.start(spec({ sessionId }))
      await engine.wait(runId, 'ann', patient)
      ids.push(runId)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    const listed = async (filter: Parameters<typeof engine.list>[1]) =>
      (await engine.list('ann', filter)).map(({ runId }) => runId)
    expect(await listed({})).toEqual([...ids].reverse())
    expect(await listed({ sessionId: 'a' })).toEqual([ids[2], ids[0]])
    expect(await listed({ statuses: ['running'] })).toEqual([])
    expect(await listed({ statuses: ['completed'], sessionId: 'b' })).toEqual([ids[1]])
    expect(await listed({ limit: 2 })).toEqual([ids[2], ids[1]])
  })

  test('a list has at most 100 runs, whatever its limit says', async () => {
    const { engine } = await start(['Hello'], { maxQueued: 200, maxResults: 200 })
    const runs = await Promise.all(Array.from({ length: 102 }, () => engine.start(spec())))
    await Promise.all(runs.map(({ runId }) => engine.wait(runId, 'ann', patient)))
    expect(await engine.list('ann')).toHaveLength(100)
    expect(await engine.list('ann', { limit: 1_000 })).toHaveLength(100)
  })
})

test('on PostgreSQL, a call that was gone by then cancels its run, and nothing is kept of it', async () => {
  running = await durableEngine(database, ['hang'], { maxConcurrent: 1 })
  const { engine, models } = running
  await engine.start(spec())
  await expect.poll(() => models.length, { timeout: 10_000 }).toBe(1)
  const caller = new AbortController()
  caller.abort()
  const released = vi.spyOn(caller.signal, 'removeEventListener')
  const { runId } = await engine.start(spec(), { signal: caller.signal })
  const status = async () => (await engine.get(runId, 'ann'))?.status
  await expect.poll(status, { timeout: 10_000 }).toBe('cancelled')
  await engine.close(0)
  expect(released).not.toHaveBeenCalled()
})

describe('ending in process', () => {
  function start(steps: readonly Step[], options?: TestEngineOptions): TestEngine {
    running = inProcessEngine(steps, options)
    return running
  }

  test('lets runs end within the grace', async () => {
    const { tool, open } = gate()
    const { engine } = start(twoCycles, { tools: [tool] })
    const runId = await startedRun()
    const closed = engine.close(5_000)
    await expect(engine.start(spec())).rejects.toMatchObject({
      code: 'connection',
      retryable: true,
    })
    open()
    await closed
    expect((await engine.get(runId, 'ann'))?.status).toBe('completed')
  })

  test('stops those that are left, with what they spent', async () => {
    const { tool, open } = gate()
    open()
    const { engine, ended } = start([twoCycles[0] as Step, 'hang'], { tools: [tool] })
    const { runId } = await engine.start(spec())
    const wait = engine.wait(runId, 'ann', patient)
    await expect.poll(() => running.models[0]?.requests.length).toBe(2)
    await engine.close(10)
    expect(await wait).toMatchObject({ status: 'cancelled', usage: { totalTokens: 15 } })
    expect(ended).toHaveLength(1)
  })
})
