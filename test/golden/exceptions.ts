import type { JsonObject } from '../../src/agent/content.js'
import type { CaseOutcome } from './run-case.js'

/**
 * Where we do not do what Strands + LiteLLM did, each with its reason. `outcome` says what we do
 * instead, `requests` how many requests we send, `body` what the body of request n has instead.
 * Everything that is not named here is held to the recording.
 */
export interface Exception {
  reason: string
  outcome?: Partial<CaseOutcome>
  requests?: number
  body?: (body: JsonObject, index: number) => JsonObject
  ignore?: (keyof CaseOutcome)[]
}
export const exceptions: Record<string, Exception> = {}
