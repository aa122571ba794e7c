import type fc from 'fast-check'
import { trusting } from '../helpers/trust.js'

export const runs = { total: 0 }

/** The same cases in every run of CI; more, and new ones, by `npm run trust`. */
export function many(few: number, lots: number): fc.Parameters<unknown> & { seed?: number } {
  const numRuns = trusting ? lots : few
  runs.total += numRuns
  return trusting ? { numRuns } : { numRuns, seed: 20_251_125 }
}
