import { beforeEach, describe, expect, test } from 'vitest'
import { AgentError } from '../../../src/agent/errors.js'
import { MemoryQuotas } from '../../../src/runs/quotas/memory-quotas.js'
import type { RunAllowance } from '../../../src/runs/quotas/quotas.js'

const usage = (totalTokens: number) => ({ inputTokens: 0, outputTokens: 0, totalTokens })
const nothing = { usage: usage(0), costUsd: 0 }

let now: number
let quotas: MemoryQuotas
beforeEach(() => {
  now = Date.UTC(2026, 0, 1, 22, 30)
  quotas = new MemoryQuotas(() => now)
})

const admit = (allowance: RunAllowance, limits = {}, principal = 'alice') =>
  quotas.admit(principal, limits, allowance)
const refusal = async (attempt: Promise<unknown>) => {
  const error = await attempt.then(
    () => undefined,
    (thrown) => thrown,
  )
  if (!(error instanceof AgentError)) throw new Error('it was admitted')
  return error
}

test('without bounds a run keeps its limits', async () => {
  const { limits } = await admit({}, { maxCycles: 3 })
  expect(limits).toEqual({ maxCycles: 3 })
})

describe('runs at once', () => {
  test('one too many is refused until another has ended', async () => {
    const allowance = { maxConcurrentRuns: 2 }
    const first = await admit(allowance)
    await admit(allowance)
    expect(await refusal(admit(allowance))).toMatchObject({ code: 'rateLimit', retryable: true })
    await admit(allowance, {}, 'bob')
    await first.settle(nothing)
    await admit(allowance)
  })
})

describe('a budget for the day', () => {
  test('the smallest wins: the run’s own limit, or what is left', async () => {
    const budget = { usdPerDay: 1, tokensPerDay: 1000 }
    const first = await admit(budget, { maxCostUsd: 0.4, maxTotalTokens: 5000 })
    expect(first.limits).toEqual({ maxCostUsd: 0.4, maxTotalTokens: 1000 })
    await first.settle({ usage: usage(100), costUsd: 0.1 })
    const second = await admit(budget, { maxCostUsd: 5, maxTotalTokens: 50 })
    expect(second.limits).toEqual({ maxCostUsd: 0.9, maxTotalTokens: 50 })
  })

  test('runs side by side never hold more than there is', async () => {
    const held = []
    for (let count = 0; count < 5; count++) held.push((await admit({ usdPerDay: 1 })).limits)
    const sum = held.reduce((total, { maxCostUsd }) => total + (maxCostUsd ?? 2), 0)
    expect(sum).toBeLessThanOrEqual(1)
    expect(held.every(({ maxCostUsd }) => (maxCostUsd ?? 0) > 0)).toBe(true)
  })

  test('is shared evenly by as many runs as may be at once', async () => {
    const allowance = { usdPerDay: 1, maxConcurrentRuns: 2 }
    const first = await admit(allowance)
    expect([first.limits.maxCostUsd, (await admit(allowance)).limits.maxCostUsd]).toEqual([
      0.5, 0.5,
    ])
  })

  test('that is spent ends at midnight UTC, and says so', async () => {
    const run = await admit({ usdPerDay: 1 }, { maxCostUsd: 1 })
    await run.settle({ usage: usage(9), costUsd: 1 })
    expect(await refusal(admit({ usdPerDay: 1 }))).toMatchObject({
      code: 'budgetExceeded',
      retryable: false,
      message: expect.stringContaining('$1 are spent'),
      hint: expect.stringContaining('00:00 UTC, in 1 h 30 min'),
    })
    now += 90 * 60_000
    expect((await admit({ usdPerDay: 1 }, { maxCostUsd: 1 })).limits.maxCostUsd).toBe(1)
  })

  test('that is held by a run in work comes back with its end', async () => {
    const run = await admit({ tokensPerDay: 10 }, { maxTotalTokens: 10 })
    const error = await refusal(admit({ tokensPerDay: 10 }))
    expect(error).toMatchObject({ code: 'budgetExceeded', retryable: true })
    expect(error.hint).toContain('when one of your runs has ended')
    await run.settle({ usage: usage(4), costUsd: null })
    expect((await admit({ tokensPerDay: 10 }, { maxTotalTokens: 10 })).limits.maxTotalTokens).toBe(
      6,
    )
  })

  test('a cost nobody can tell counts as all that was held', async () => {
    const run = await admit({ usdPerDay: 1 }, { maxCostUsd: 0.75 })
    await run.settle({ usage: null, costUsd: null })
    expect((await admit({ usdPerDay: 1 }, { maxCostUsd: 1 })).limits.maxCostUsd).toBe(0.25)
  })

  test('a run over midnight still holds, and counts for the day it ends on', async () => {
    const run = await admit({ usdPerDay: 1 }, { maxCostUsd: 0.5 })
    now += 2 * 60 * 60_000
    await run.settle({ usage: usage(1), costUsd: 0.5 })
    expect((await admit({ usdPerDay: 1 }, { maxCostUsd: 1 })).limits.maxCostUsd).toBe(0.5)
  })
})
