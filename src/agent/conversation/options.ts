import { configurationError } from '../errors.js'

export function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw configurationError(
    `The conversation's ${name} must be a positive whole number, not ${JSON.stringify(value)}.`,
    `Leave ${name} out for the default.`,
  )
}
