import type { JsonObject } from '../../agent/content.js'

/** LiteLLM's budgets for OpenAI's words. */
const budgets: Record<string, number> = { minimal: 128, low: 1024, medium: 2048, high: 4096 }
const smallestBudget = 1024

/** OpenAI's `reasoning_effort` as Claude has it; nothing where it names no effort. */
export function claudeThinking(effort: string): JsonObject {
  const budget = Object.hasOwn(budgets, effort) ? budgets[effort] : undefined
  if (budget === undefined) return {}
  return { thinking: { type: 'enabled', budget_tokens: Math.max(budget, smallestBudget) } }
}
