import { invalidRequest } from '../errors.js'
import { type Limits, limitNames, wholeNumbers } from '../limits.js'

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
