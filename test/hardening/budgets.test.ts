import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AgentError } from '../../src/agent/errors.js'
import { MemoryQuotas } from '../../src/runs/quotas/memory-quotas.js'
import { promptTokens } from '../../src/runs/quotas/prompt-tokens.js'
import type { Admission, RunAllowance } from '../../src/runs/quotas/quotas.js'

const usage = (totalTokens: number) => ({
  inputTokens: totalTokens,
  outputTokens: 0,
  totalTokens,
  cacheReadInputTokens: 0,
  cacheWriteInputTokens: 0,
})

/** One step of a script: a run starts with such limits, or the oldest run ends with such a bill. */
const step = fc.oneof(
  fc.record({
    start: fc.record(
      {
        maxTotalTokens: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 1e9 })),
        maxCostUsd: fc.oneof(fc.constant(1e-9), fc.double({ min: 1e-12, max: 1e6, noNaN: true })),
      },
      { requiredKeys: [] },
    ),
    promptTokens: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })),
  }),
  fc.record({
    tokens: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    usd: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
  }),
)

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** Plays a script, and returns the most runs that were in flight at once. */
async function play(allowance: RunAllowance, script: readonly Step[]) {
  const quotas = new MemoryQuotas(() => 0)
  const running: Admission[] = []
  let most = 0
  const spent = { tokens: 0, usd: 0 }
  for (const one of script) {
    if ('start' in one) {
      try {
        running.push(await quotas.admit('alice', one.start, allowance, one.promptTokens))
        const { tokensPerDay = Infinity, usdPerDay = Infinity } = allowance
        // No run starts once the day's budget is spent.
        expect(spent.tokens).toBeLessThan(tokensPerDay)
        expect(spent.usd).toBeLessThan(usdPerDay)
      } catch (error) {
        if (!(error instanceof AgentError)) throw error
        expect(error.code).toBe('budgetExceeded')
      }
      most = Math.max(most, running.length)
      continue
    }
    const run = running.shift()
    if (!run) continue
    await run.settle({
      usage: one.tokens === null ? null : usage(one.tokens),
      costUsd: one.usd,
    })
    spent.tokens += one.tokens ?? 0
    spent.usd += one.usd ?? 0
  }
  return most
}

test('hardening 3: in 200 random scripts, no run starts beyond the budget and few are in flight', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0.001, max: 10, noNaN: true }),
      fc.array(step, { minLength: 20, maxLength: 200 }),
      async (tokensPerDay, usdPerDay, script) => {
        const most = await play({ tokensPerDay, usdPerDay }, script)
        expect(most).toBeLessThanOrEqual(Math.floor(tokensPerDay / 256) + 1)
        expect(most).toBeLessThanOrEqual(Math.floor(usdPerDay / 0.05) + 1)
      },
    ),
    { numRuns: 200 },
  )
})

test('hardening 3a: a run with a tiny limit holds its prompt and a floor', async () => {
  const quotas = new MemoryQuotas()
  const admit = () => quotas.admit('poor', { maxTotalTokens: 1 }, { tokensPerDay: 1000 })
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, admit))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
  const long = promptTokens({
    prompt: [{ text: 'x'.repeat(4_000) }],
    systemPrompt: 'y'.repeat(400),
  } as never)
  expect(long).toBe(1_100)
  await new MemoryQuotas().admit('poor', {}, { tokensPerDay: 1000 }, long)
})

test('hardening 3b: runs of unknown price with tiny limits use up the day', async () => {
  const quotas = new MemoryQuotas()
  let runs = 0
  for (let count = 0; count < 30; count++) {
    const allowance = { usdPerDay: 0.12, unknownCostUsd: 0.05 }
    const run = await quotas.admit('cheap', { maxCostUsd: 1e-9 }, allowance).catch(() => undefined)
    if (!run) continue
    expect(run.limits.maxCostUsd).toBe(1e-9)
    await run.settle({ usage: null, costUsd: null })
    runs++
  }
  expect(runs).toBe(3)
})
