import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject } from '../../../util/json.js'
import { chatUsage, reportedCost } from '../openai-chat/usage.js'

const ticksPerDollar = 1e10

/** Returns the usage of a response. Its names differ from those of chat completions, its counts do not. */
export function responsesUsage(raw: unknown): Usage | null {
  if (!isJsonObject(raw)) return null
  const { input_tokens, output_tokens, input_tokens_details, output_tokens_details } = raw
  return chatUsage({
    ...raw,
    ...(input_tokens !== undefined && { prompt_tokens: input_tokens }),
    ...(output_tokens !== undefined && { completion_tokens: output_tokens }),
    ...(input_tokens_details !== undefined && { prompt_tokens_details: input_tokens_details }),
    ...(output_tokens_details !== undefined && {
      completion_tokens_details: output_tokens_details,
    }),
  })
}

/** Returns the cost in USD next to the usage: `cost`, or xAI's ten-billionths of a dollar. */
export function responsesCost(raw: unknown): number | null {
  const ticks = isJsonObject(raw) ? raw.cost_in_usd_ticks : undefined
  return (
    reportedCost(raw) ?? (typeof ticks === 'number' && ticks >= 0 ? ticks / ticksPerDollar : null)
  )
}
