import type { Validator } from '../agent/validator.js'
import { isJsonObject } from '../util/json.js'

/** Creates a validator of one string argument, so that built-in tools need no schema library. */
export function stringArgument(name: string, { required }: { required: boolean }): Validator {
  return (input) => {
    const value = isJsonObject(input) ? input[name] : undefined
    if (typeof value === 'string' || (value === undefined && !required))
      return { ok: true, value: input }
    const message = value === undefined ? 'is required' : 'must be a string'
    return { ok: false, issues: [{ path: name, message }] }
  }
}
