/** Token counts of one or more model calls. `inputTokens` includes cached tokens on every wire. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  totalTokens: number
  /** Absent where the provider said nothing about its cache; 0 where it said none. */
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
 * The sum of what was reported. `null` means unknown: it is the result only where there were calls
 * and none of them reported, so that a silent provider never reads as a free one.
 */
export function sumUsage(usages: Iterable<Usage | null>): Usage | null {
  const sum: Usage = { ...noUsage }
  let calls = 0
  let told = 0
  for (const usage of usages) {
    calls++
    if (usage === null) continue
    told++
    sum.inputTokens += usage.inputTokens
    sum.outputTokens += usage.outputTokens
    sum.totalTokens += usage.totalTokens
    for (const key of optionalKeys) {
      const value = usage[key]
      if (value !== undefined) sum[key] = (sum[key] ?? 0) + value
    }
  }
  return calls > 0 && told === 0 ? null : sum
}

/** The sum of costs in USD; `null` as soon as one of them is unknown, never a partial sum. */
export function sumCost(costs: Iterable<number | null>): number | null {
  let sum = 0
  for (const cost of costs) {
    if (cost === null) return null
    sum += cost
  }
  return sum
}
