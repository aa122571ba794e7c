import type { JsonObject, ModelRequest, Step } from '../types.js'

/** How a provider departs from its documentation, as users reported it. */
export interface Manner {
  /** Returns the provider's refusal of a request, or null. */
  refuse?: (request: ModelRequest) => Refusal | null
  /** Changes a scripted reply into what the provider sends. */
  amend?: (step: Step, request: ModelRequest) => Step
}

export interface Refusal {
  status: number
  body: JsonObject | string
}

/** Returns the first refusal of several rules. */
export function firstOf(
  ...rules: ((request: ModelRequest) => Refusal | null)[]
): (request: ModelRequest) => Refusal | null {
  return (request) => {
    for (const rule of rules) {
      const refusal = rule(request)
      if (refusal) return refusal
    }
    return null
  }
}

/** Returns a refusal in the form of OpenAI's API. */
export function openAiRefusal(message: string, extra: JsonObject = {}): Refusal {
  return {
    status: 400,
    body: { error: { message, type: 'invalid_request_error', param: null, code: null, ...extra } },
  }
}

/** Returns a refusal in the form of Anthropic's API. */
export function anthropicRefusal(message: string): Refusal {
  return {
    status: 400,
    body: { type: 'error', error: { type: 'invalid_request_error', message } },
  }
}
