import { beforeAll, expect, test } from 'vitest'
import { measuredReach, type Row } from './reach.js'
import { reasonFor } from './reasons.js'
import { reachOf } from './tables.js'

// The requests come from dist/index.js, in a process of their own.
let rows: Row[]
let popular: Row[]
beforeAll(async () => {
  rows = await measuredReach('questions')
  popular = await measuredReach('popular')
})

test('at least 93 % of the rows of the price map are called directly', () => {
  const { rows: all, direct } = reachOf(rows)
  expect(all).toBe(3122)
  expect(direct / all).toBeGreaterThanOrEqual(0.93)
})

test('at least 95 % of the direct rows make the request of LiteLLM up to form', () => {
  const { comparable, equal } = reachOf(rows)
  expect(equal / comparable).toBeGreaterThanOrEqual(0.95)
})

test('137 of the 139 ids that people use are called directly, with and without tools', () => {
  expect(reachOf(popular)).toMatchObject({ rows: 139, direct: 137, directWithTools: 137 })
})

test('every difference from LiteLLM has a stated reason', () => {
  const unstated = [...rows, ...popular].flatMap((row) =>
    [...row.verdicts].flatMap(([scenario, { differences }]) =>
      differences
        .filter((one) => reasonFor(one, row) === undefined)
        .map((one) => `${row.model} (${row.provider}) ${scenario}: ${one}`),
    ),
  )
  expect(unstated).toEqual([])
})
