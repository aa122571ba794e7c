import { isJsonObject, type JsonObject } from '../../util/json.js'
import type { Limits } from '../limits.js'
import type { ParentRun } from './tool.js'

/** In a tool call's `_meta`: what is left to a run, for a server that runs agents for it. */
export const budgetMetaKey = 'io.github.litellm-agents-mcp/budget'

/** What a call may spend by the word of whoever sent it; it can only lower what is allowed anyway. */
export interface PassedBudget {
  limits: Limits
  /** How many agents may work below one another, the one that is called included. */
  depth?: number
}

const passedLimits = ['maxCostUsd', 'maxTotalTokens', 'maxOutputTokens', 'timeoutSeconds'] as const

export function budgetToPass({ depthLeft, remaining }: ParentRun): JsonObject {
  return { ...remaining(), depth: depthLeft }
}

/** What is no number is nobody's budget, and lowers nothing. */
export function readBudget(value: unknown): PassedBudget {
  if (!isJsonObject(value)) return { limits: {} }
  const limits: Limits = {}
  for (const name of passedLimits) {
    const given = value[name]
    if (typeof given === 'number' && Number.isFinite(given)) limits[name] = given
  }
  const { depth } = value
  return { limits, ...(typeof depth === 'number' && Number.isFinite(depth) && { depth }) }
}
