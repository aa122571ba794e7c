import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

import type { Route } from '../routes/route.js'

/**
 * Maps OpenAI's reasoning efforts to LiteLLM's thinking budgets. Anthropic refuses budgets below
 * 1024.
 */
const budgets: Record<string, number> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
}

/**
 * Matches Claude models from 4.6 on, by LiteLLM's rules. These models determine the length of their
 * thinking.
 */
const adaptive =
  /claude-(?:[a-z]+-(?:4[-._](?:[6-9]|[1-9]\d)(?!\d)|(?:[5-9]|[1-9]\d)(?!\d))|mythos-preview)/i
/** Matches the first of these models. They still accept a budget, which later models refuse. */
const firstAdaptive = /claude-[a-z]+-4[-._]6(?!\d)/i

const alwaysThinks = /claude-(?:fable|mythos)-/i

export interface ClaudeThinking {
  body: JsonObject
  /** A notice for the user if the request differs from what was requested. */
  notice?: string
}

export function isClaude({ wire, model, provider }: Route): boolean {
  if (provider === 'databricks') return /claude/i.test(model)
  return (
    wire === 'anthropic-messages' || (wire === 'bedrock-converse' && model.includes('anthropic.'))
  )
}

/**
 * Returns the body with `reasoning_effort` and `thinking` in the form that LiteLLM sends to this
 * Claude. Pure. Returns `undefined` if the model does not support the effort.
 */
export function claudeThinking(
  { reasoning_effort: asked, ...body }: Readonly<JsonObject>,
  route: Route,
): ClaudeThinking | undefined {
  const effort = isJsonObject(asked) ? asked.effort : asked
  if (isJsonObject(body.thinking)) return takenThinking(body, body.thinking, route)
  if (effort === undefined || effort === null || effort === 'none') return { body }
  const budget =
    typeof effort === 'string' && Object.hasOwn(budgets, effort) ? budgets[effort] : undefined
  if (budget === undefined) return undefined
  if (!adaptive.test(route.model))
    return { body: { ...body, thinking: { type: 'enabled', budget_tokens: budget } } }
  const word = adaptiveEffort(effort as string, route)
  if (word === undefined) return undefined
  // Without `display`, the provider returns empty thoughts.
  const thinking = { type: 'adaptive', display: 'summarized' }
  return {
    body: { ...body, thinking, output_config: withEffort(body.output_config, word) },
    ...(word === 'max' &&
      effort === 'xhigh' && {
        notice: `reasoning_effort xhigh was sent as max: ${route.model} has no xhigh.`,
      }),
  }
}

export function thinkingBudget({ thinking }: Readonly<JsonObject>): number {
  const budget = isJsonObject(thinking) ? thinking.budget_tokens : undefined
  return typeof budget === 'number' ? budget : 0
}

function adaptiveEffort(effort: string, { model, wire }: Route): string | undefined {
  if (effort === 'minimal') return 'low'
  if (effort !== 'xhigh' || !firstAdaptive.test(model)) return effort
  return wire === 'bedrock-converse' && /opus/i.test(model) ? 'max' : undefined
}

/** Replaces a thinking budget by the closest effort if the Claude model does not accept budgets. */
function takenThinking(body: JsonObject, thinking: JsonObject, { model }: Route): ClaudeThinking {
  if (thinking.type === 'disabled' && alwaysThinks.test(model)) {
    const { thinking: _, ...rest } = body
    return { body: rest, notice: `thinking was not sent: ${model} cannot do without it.` }
  }
  if (thinking.type !== 'enabled' || !adaptive.test(model) || firstAdaptive.test(model))
    return { body }
  const budget = thinkingBudget(body)
  const words = ['xhigh', 'high', 'medium']
  const word = words.find((name) => budget >= (budgets[name] ?? Infinity)) ?? 'low'
  const config = withEffort(body.output_config, word)
  return {
    body: { ...body, thinking: { type: 'adaptive' }, output_config: config },
    notice: `thinking was sent as adaptive, with effort ${config.effort}: ${model} takes no budget for it.`,
  }
}

/** Adds the effort to the output configuration. An effort that the caller set is kept. */
function withEffort(
  config: JsonValue | undefined,
  effort: string,
): JsonObject & { effort: JsonValue } {
  const given = isJsonObject(config) ? config : {}
  return { ...given, effort: given.effort ?? effort }
}
