import { nearest } from '../util/nearest-name.js'
import { configurationError } from './errors.js'

/**
 * Fails with a `configuration` error where `value` is no object or has a key that is not allowed;
 * the error names the key and the nearest valid one. `where` says whose keys they are: `Agent
 * configuration`.
 */
export function checkKeys(value: unknown, allowed: readonly string[], where: string): void {
  const known = `Known are: ${allowed.join(', ')}.`
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw configurationError(`${where} must be an object.`, known)
  for (const key of Object.keys(value)) {
    if (allowed.includes(key)) continue
    const near = nearest(key, allowed)
    throw configurationError(
      `${where} has no "${key}".`,
      near === undefined ? known : `Did you mean "${near}"? ${known}`,
    )
  }
}
