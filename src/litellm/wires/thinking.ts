import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.js'

import type { Route } from '../routes/route.js'

/** LiteLLM's budgets for OpenAI's words; Anthropic takes none below 1024. */
const budgets: Record<string, number> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
}

/** LiteLLM's own rules: Claude from 4.6 on settles for itself how long it thinks. */
const adaptive =
  /claude-(?:[a-z]+-(?:4[-._](?:[6-9]|[1-9]\d)(?!\d)|(?:[5-9]|[1-9]\d)(?!\d))|mythos-preview)/i
/** The first that do. They still take a budget, which those after them refuse. */
const firstAdaptive = /claude-[a-z]+-4[-._]6(?!\d)/i

const alwaysThinks = /claude-(?:fable|mythos)-/i

export interface ClaudeThinking {
  body: JsonObject
  /** What a person should know, where something else is sent than was asked for. */
  notice?: string
}

export function isClaude({ wire, model, provider }: Route): boolean {
  if (provider === 'databricks') return /claude/i.test(model)
  return (
    wire === 'anthropic-messages' || (wire === 'bedrock-converse' && model.includes('anthropic.'))
  )
}

/**
 * The body with `reasoning_effort` and `thinking` as LiteLLM sends them to this Claude. Pure.
 * `undefined`: it knows no such effort.
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
  // Without `display` the thoughts would come back blank.
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

/** A budget for a Claude that takes none becomes the effort that comes near it. */
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

/** An effort that the caller gave himself stands. */
function withEffort(
  config: JsonValue | undefined,
  effort: string,
): JsonObject & { effort: JsonValue } {
  const given = isJsonObject(config) ? config : {}
  return { ...given, effort: given.effort ?? effort }
}
