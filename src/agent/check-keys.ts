import { nearest } from '../util/nearest-name.js'
import { configurationError } from './errors.js'

/**
 * Throws a `configuration` error if `value` is not an object or has a key that is not allowed. The
 * error names the key and the most similar valid one. `where` names the object in the message, such
 * as `LiteLLMModel`.
 */
export function checkKeys(value: unknown, allowed: readonly string[], where: string): void {
  const known = `Valid keys: ${allowed.join(', ')}.`
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw configurationError(`${where} must be an object.`, known)
  for (const key of Object.keys(value)) {
    if (allowed.includes(key)) continue
    const near = nearest(key, allowed)
    throw configurationError(
      `${where} has an unknown key "${key}".`,
      near === undefined ? known : `Did you mean "${near}"? ${known}`,
    )
  }
}
