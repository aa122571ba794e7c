import type { Budget } from './budget.js'
import { invalidRequest } from './errors.js'

/** Caps on one run. Counts are whole numbers, cost is USD, time is seconds. */
export interface Limits {
  maxCycles?: number
  maxToolCalls?: number
  maxOutputTokens?: number
  maxTotalTokens?: number
  maxCostUsd?: number
  timeoutSeconds?: number
}

export type LimitName = keyof Limits

/** `spent` is `null` where it cannot be known, such as the cost of a model without prices. */
export interface LimitHit {
  name: LimitName
  max: number
  spent: number | null
}

export const defaultLimits = { maxCycles: 20, maxToolCalls: 100, timeoutSeconds: 600 } as const

const wholeNumbers: LimitName[] = ['maxCycles', 'maxToolCalls', 'maxOutputTokens', 'maxTotalTokens']
export const limitNames: LimitName[] = [...wholeNumbers, 'maxCostUsd', 'timeoutSeconds']

/** Fails on a limit that is no positive number; unknown names are the caller's schema's to refuse. */
export function checkLimits(limits: Limits): void {
  for (const name of limitNames) {
    const value = limits[name]
    if (value === undefined) continue
    const whole = wholeNumbers.includes(name)
    if (
      typeof value === 'number' &&
      value > 0 &&
      (whole ? Number.isSafeInteger(value) : value < Infinity)
    )
      continue
    throw invalidRequest(
      `limits.${name} must be a positive ${whole ? 'whole number' : 'number'}, not ${JSON.stringify(value)}.`,
      `Leave limits.${name} out for the default, or give a positive ${whole ? 'whole number' : 'number'}.`,
    )
  }
}

/** The limit that forbids one more model call, if any. */
export function limitReached(
  { maxCycles: max }: Limits,
  cycles: number,
  budget: Budget,
): LimitHit | undefined {
  if (max !== undefined && cycles >= max) return { name: 'maxCycles', max, spent: cycles }
  return budget.exhausted()
}

/** Of several sets of limits, each limit's smallest value. Pure. */
export function smallestLimits(...sets: readonly (Limits | undefined)[]): Limits {
  const smallest: Limits = {}
  for (const limits of sets)
    for (const name of limitNames) {
      const value = limits?.[name]
      if (value !== undefined) smallest[name] = Math.min(value, smallest[name] ?? value)
    }
  return smallest
}
