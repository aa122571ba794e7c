/** Limits of one run. Counts are whole numbers, cost is in USD and time in seconds. */
export interface Limits {
  maxCycles?: number
  maxToolCalls?: number
  maxOutputTokens?: number
  maxTotalTokens?: number
  maxCostUsd?: number
  timeoutSeconds?: number
}

export type LimitName = keyof Limits

/** A limit that was reached. `spent` is `null` if unknown, such as the cost of a model without prices. */
export interface LimitHit {
  name: LimitName
  max: number
  spent: number | null
}

export const defaultLimits = { maxCycles: 20, maxToolCalls: 100, timeoutSeconds: 600 } as const

export const wholeNumbers: LimitName[] = [
  'maxCycles',
  'maxToolCalls',
  'maxOutputTokens',
  'maxTotalTokens',
]
export const limitNames: LimitName[] = [...wholeNumbers, 'maxCostUsd', 'timeoutSeconds']

/** Returns the smallest value of each limit over several sets of limits. */
export function smallestLimits(...sets: readonly (Limits | undefined)[]): Limits {
  const smallest: Limits = {}
  for (const limits of sets)
    for (const name of limitNames) {
      const value = limits?.[name]
      if (value !== undefined) smallest[name] = Math.min(value, smallest[name] ?? value)
    }
  return smallest
}
