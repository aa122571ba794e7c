import { configurationError } from '../../agent/errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

/** Matches LiteLLM's arguments for prices of one's own. */
const priceArg = /_cost(_per_|_above_|$)|^tiered_pricing$/
/** Matches the fields of `model_info` that are used and are numbers. */
const numberField =
  /^(input|output)_cost_per_(reasoning_)?token|^cache_(read|creation)_input_token_cost|^max_(input|output)_tokens$|^prompt_cache_min_tokens$/

/** Returns whether an argument describes the model and is not part of the call. */
export function isModelInfoArg(name: string): boolean {
  return name === 'model_info' || name === 'base_model' || priceArg.test(name)
}

/**
 * Returns what `clientArgs` say about the model: LiteLLM's `model_info`, and its price arguments
 * such as `input_cost_per_token`. Pure. Returns `undefined` if they say nothing. Throws
 * `configuration` if a value is not valid.
 */
export function ownModelInfo(clientArgs: Readonly<JsonObject> = {}): JsonObject | undefined {
  const { model_info: info, ...args } = clientArgs
  if (info !== undefined && info !== null && !isJsonObject(info))
    throw configurationError(
      'clientArgs.model_info must be an object.',
      'Give it as { "input_cost_per_token": 0.000002 }, with the keys of the model_info of LiteLLM.',
    )
  const given = Object.entries(args).filter(([name]) => isModelInfoArg(name))
  const entry = Object.fromEntries([...Object.entries(info ?? {}), ...given])
  for (const [name, value] of Object.entries(entry)) checkNumber(name, value)
  return Object.keys(entry).length > 0 ? entry : undefined
}

function checkNumber(name: string, value: JsonValue | undefined): void {
  if (!numberField.test(name) || value === null || value === undefined) return
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return
  throw configurationError(
    `${name} must be a number that is not negative.`,
    'Give prices in USD per token, such as 0.000002.',
  )
}
