/** One entry of a list of models. Costs are in USD. `null` means unknown. */
export interface ListedModel {
  /** The id to pass as `modelId`. */
  modelId: string
  provider: string
  contextTokens: number | null
  maxOutputTokens: number | null
  inputCostPerToken: number | null
  outputCostPerToken: number | null
  supports: {
    tools: boolean | null
    vision: boolean | null
    caching: boolean | null
    reasoning: boolean | null
  }
  /** The minimum length of a prompt that the provider caches. */
  minCacheTokens: number | null
}
