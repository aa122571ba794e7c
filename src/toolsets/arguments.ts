import type { Validator } from '../agent/validator.js'
import { isJsonObject } from '../util/json.js'

/** Checks one text argument, by hand so that a built-in tool needs no validator; others are left alone. */
export function stringArgument(name: string, { required }: { required: boolean }): Validator {
  return (input) => {
    const value = isJsonObject(input) ? input[name] : undefined
    if (typeof value === 'string' || (value === undefined && !required))
      return { ok: true, value: input }
    const message = value === undefined ? 'is required' : 'must be a string'
    return { ok: false, issues: [{ path: name, message }] }
  }
}
