import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Budget } from '../../src/agent/budget/budget.js'
import type { CallNeed } from '../../src/agent/model.js'

const signal = new AbortController().signal

/** One cent for the input, and one cent for each output token. */
const priced: CallNeed = {
  inputTokens: 10,
  outputTokens: 5,
  leastOutputTokens: 1,
  minInputTokens: 5,
  price: { input: 0.01, perOutputToken: 0.01 },
}
const unpriced: CallNeed = { ...priced, price: null }

function usage(outputTokens: number) {
  return { inputTokens: 10, outputTokens, totalTokens: 10 + outputTokens }
}

test('a call waits for the reservations of parallel calls and gets what they leave', async () => {
  const budget = new Budget({ maxCostUsd: 0.1 })
  const [first, second] = [budget.openCall(), new Budget({}, budget).openCall()]
  expect(await first?.reserve(priced, signal)).toEqual({ outputTokens: 5 })
  expect(budget.remaining().maxCostUsd).toBeCloseTo(0.04)
  let granted: unknown
  const waiting = second?.reserve(priced, signal).then((grant) => {
    granted = grant
  })
  await setImmediate()
  expect(granted).toBeUndefined()
  first?.settle({ usage: usage(4), costUsd: 0.05 })
  await waiting
  expect(granted).toEqual({ outputTokens: 4, limitedBy: 'maxCostUsd' })
})

test('a call without a known price runs alone under maxCostUsd', async () => {
  for (const [one, other] of [
    [unpriced, priced],
    [priced, unpriced],
  ] as const) {
    const budget = new Budget({ maxCostUsd: 1 })
    const [first, second] = [budget.openCall(), budget.openCall()]
    await first?.reserve(one, signal)
    let sent = false
    const waiting = second?.reserve(other, signal).then(() => {
      sent = true
    })
    await setImmediate()
    expect(sent).toBe(false)
    first?.settle({ usage: usage(1), costUsd: 0.01 })
    await waiting
    expect(sent).toBe(true)
  }
})

test('after a call of unknown cost, no waiting parallel call is sent', async () => {
  const budget = new Budget({ maxCostUsd: 1 })
  const refusal = { code: 'limitReached', limit: { name: 'maxCostUsd', max: 1, spent: null } }
  const [first, late, ...others] = Array.from({ length: 5 }, () => budget.openCall())
  await first?.reserve(unpriced, signal)
  const waiting = others.map((call) => call?.reserve(unpriced, signal))
  first?.settle({ usage: usage(1), costUsd: null })
  for (const call of waiting) await expect(call).rejects.toMatchObject(refusal)
  // This call had not reserved yet when the first one ended.
  await expect(late?.reserve(unpriced, signal)).rejects.toMatchObject(refusal)
})

test('an abort ends the wait for a reservation', async () => {
  const budget = new Budget({ maxOutputTokens: 5 })
  await budget.openCall()?.reserve(priced, signal)
  const abort = new AbortController()
  const waiting = budget.openCall()?.reserve(priced, abort.signal)
  abort.abort(new Error('Enough.'))
  await expect(waiting).rejects.toThrow('Enough.')
})

test('an interrupted call counts with its maximum cost, and an unknown price ends the run', async () => {
  const budget = new Budget({ maxCostUsd: 0.1 })
  const call = budget.openCall()
  await call?.reserve(priced, signal)
  call?.brokeOff()
  expect(await call?.reserve(priced, signal)).toEqual({ outputTokens: 3, limitedBy: 'maxCostUsd' })
  call?.settle({ usage: null, costUsd: null })
  expect(budget.exhausted()).toMatchObject({ name: 'maxCostUsd', spent: expect.closeTo(0.1) })

  const blind = new Budget({ maxCostUsd: 0.1 })
  const unknown = blind.openCall()
  await unknown?.reserve(unpriced, signal)
  unknown?.settle({ usage: null, costUsd: null })
  expect(blind.exhausted()).toEqual({ name: 'maxCostUsd', max: 0.1, spent: null })
})

test('the tightest limit of all parent budgets applies, and without token or cost limits nothing is reserved', async () => {
  const top = new Budget({ maxOutputTokens: 4 })
  const below = new Budget({ maxCostUsd: 0.04 }, new Budget({}, top))
  const call = below.openCall()
  expect(await call?.reserve(priced, signal)).toEqual({ outputTokens: 3, limitedBy: 'maxCostUsd' })
  call?.settle({ usage: usage(3), costUsd: 0.01 })
  expect(below.remaining()).toEqual({ maxCostUsd: 0.03, maxOutputTokens: 1 })
  expect(top.exhausted()).toBeUndefined()
  top.spend({ usage: usage(1), costUsd: null })
  expect(below.exhausted()).toEqual({ name: 'maxOutputTokens', max: 4, spent: 4 })
  expect(new Budget({ maxCycles: 3 }).openCall()).toBeUndefined()
})

test('a call that cannot fit is refused with limitReached and the limit', async () => {
  const call = new Budget({ maxCostUsd: 0.01 }).openCall()
  await expect(call?.reserve(priced, signal)).rejects.toMatchObject({
    code: 'limitReached',
    unsent: true,
    limit: { name: 'maxCostUsd', max: 0.01, spent: 0 },
  })
})
