import { isJsonObject, type JsonObject } from '../../util/json.js'
import type { Limits } from '../limits.js'
import type { ParentRun } from './tool.js'

/** The `_meta` key of a tool call that has the run's remaining budget, for a server that runs agents. */
export const budgetMetaKey = 'io.github.litellm-agents-mcp/budget'

/** A budget received with a call. It can only lower what is allowed anyway. */
export interface PassedBudget {
  limits: Limits
  /** The maximum nesting depth of agents, including the called one. */
  depth?: number
}

const passedLimits = ['maxCostUsd', 'maxTotalTokens', 'maxOutputTokens', 'timeoutSeconds'] as const

export function budgetToPass({ depthLeft, remaining }: ParentRun): JsonObject {
  return { ...remaining(), depth: depthLeft }
}

/** Reads a budget from `_meta`. Values that are not finite numbers are ignored. */
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
