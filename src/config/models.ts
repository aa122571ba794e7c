import * as z from 'zod'
import { nearest } from '../util/nearest-name.js'

const price = z.number().nonnegative()
const length = z.int().positive()
const flag = z.boolean()

/** The keys of LiteLLM's `model_info` that have an effect. */
const known = {
  base_model: z
    .string()
    .min(1)
    .describe('A model of the price map that has the same properties, such as azure/gpt-5.6.'),
  mode: z.enum(['chat', 'responses']).describe('responses: called over the Responses API.'),
  input_cost_per_token: price,
  output_cost_per_token: price,
  output_cost_per_reasoning_token: price,
  cache_read_input_token_cost: price,
  cache_creation_input_token_cost: price,
  cache_creation_input_token_cost_above_1hr: price,
  tiered_pricing: z.array(z.record(z.string(), z.unknown())),
  max_input_tokens: length,
  max_output_tokens: length,
  prompt_cache_min_tokens: length,
  deprecation_date: z.string(),
  supports_function_calling: flag,
  supports_tool_choice: flag,
  supports_forced_tool_use: flag,
  supports_sampling_params: flag,
  supports_reasoning: flag,
  supports_vision: flag,
  supports_pdf_input: flag,
  supports_audio_input: flag,
  supports_response_schema: flag,
  supports_native_structured_output: flag,
  supports_prompt_caching: flag,
  supports_prompt_cache_breakpoint: flag,
}
const knownNames = Object.keys(known)
const thresholdPrice = /_cost(_.+)?_above_\d+k?_tokens$/

/** Optional keys, as other parts of the file have them. */
const shape = Object.fromEntries(
  Object.entries(known).map(([name, schema]) => [name, z.exactOptional(schema)]),
)

/** Runs a check also where other values are invalid, so that all problems are reported together. */
const always = { when: () => true }

/**
 * What the operator knows about a model, by LiteLLM's names. LiteLLM's map has more keys, so that
 * unknown ones are accepted unless they look like a misspelling.
 */
export const modelsSchema = z.record(
  z.string().min(1),
  z.looseObject(shape).superRefine((entry, context) => {
    for (const [key, value] of Object.entries(entry ?? {})) {
      if (knownNames.includes(key)) continue
      const problem = keyProblem(key, value)
      if (problem) context.addIssue({ code: 'custom', path: [key], message: problem })
    }
  }, always),
)

function keyProblem(key: string, value: unknown): string | undefined {
  if (thresholdPrice.test(key))
    return price.safeParse(value).success ? undefined : 'must be a number that is not negative'
  const meant = nearest(key, knownNames, 2)
  if (meant !== undefined) return `unknown key; did you mean "${meant}"?`
  return /[A-Z]/.test(key)
    ? 'unknown key; the keys are those of the model_info of LiteLLM'
    : undefined
}
