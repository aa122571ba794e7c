import { expect, test } from 'vitest'
import { chaos } from '../../helpers/chaos.js'

// The whole of it is npm run chaos.
test('runs survive the death of their nodes, and no call is paid for twice but one in flight', async () => {
  const cycles = 6
  const report = await chaos({
    nodes: 3,
    runs: 20,
    cycles,
    callMs: 1_000,
    runsPerNode: 8,
    kills: 4,
    killEveryMs: 2_000,
  })
  expect(report.results).toHaveLength(20)
  for (const [index, result] of report.results.entries())
    expect(result).toMatchObject({ status: 'completed', text: `The end of task ${index}` })
  for (const { calls, takenOn } of report.paidAgain) expect(calls).toBeLessThan(takenOn)
  const { again, counted, reported, totals } = report.tokens
  expect(reported).toBe(20 * cycles * 110)
  expect(reported).toBe(counted - again)
  expect(totals).toBe(reported)
  // Else nothing was put to the test.
  expect(report.paidAgain.some(({ takenOn }) => takenOn > 1)).toBe(true)
}, 120_000)
