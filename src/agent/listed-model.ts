/** What a list of models says of one of them; `null` where it is not known. Costs are USD. */
export interface ListedModel {
  /** As `modelId` takes it. */
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
  /** A shorter prompt is not cached. */
  minCacheTokens: number | null
}
