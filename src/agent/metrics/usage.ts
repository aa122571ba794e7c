/** Token counts of one or more model calls. `inputTokens` includes cached tokens on every wire. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  totalTokens: number
  /** Absent if the provider reported nothing about its cache. */
  cacheReadInputTokens?: number
  cacheWriteInputTokens?: number
  reasoningTokens?: number
}

const optionalKeys = ['cacheReadInputTokens', 'cacheWriteInputTokens', 'reasoningTokens'] as const

export const noUsage: Readonly<Usage> = Object.freeze({
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
})

/**
 * Adds up the reported usages and skips `null` (not reported). Returns `null` if calls were made and
 * none was reported, so that an unreported usage never looks like zero.
 */
export function sumUsage(usages: Iterable<Usage | null>): Usage | null {
  const sum: Usage = { ...noUsage }
  let calls = 0
  let reported = 0
  for (const usage of usages) {
    calls++
    if (usage === null) continue
    reported++
    sum.inputTokens += usage.inputTokens
    sum.outputTokens += usage.outputTokens
    sum.totalTokens += usage.totalTokens
    for (const key of optionalKeys) {
      const value = usage[key]
      if (value !== undefined) sum[key] = (sum[key] ?? 0) + value
    }
  }
  return calls > 0 && reported === 0 ? null : sum
}

/** Adds up costs in USD. Returns `null` if any of them is unknown, never a partial sum. */
export function sumCost(costs: Iterable<number | null>): number | null {
  let sum = 0
  for (const cost of costs) {
    if (cost === null) return null
    sum += cost
  }
  return sum
}
