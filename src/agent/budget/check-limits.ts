import { invalidRequest } from '../errors.js'
import { type Limits, limitNames, wholeNumbers } from '../limits.js'

/** Throws `invalidRequest` if a limit is not a positive number. Unknown names are not checked here. */
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
      `Set limits.${name} to a positive ${whole ? 'whole number' : 'number'}, or omit it to use the default.`,
    )
  }
}
