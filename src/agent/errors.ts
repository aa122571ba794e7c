import type { ErrorCode } from './error-codes.js'
import type { LimitHit } from './limits.js'
import type { CallSpending, Metrics } from './metrics/types.js'

import { noUsage, type Usage } from './metrics/usage.js'

/** An error as data: what happened, whether the same call may work later, and what to do next. */
export interface ErrorData {
  code: ErrorCode
  message: string
  retryable: boolean
  hint: string
}

export interface AgentErrorInit {
  code: ErrorCode
  message: string
  hint: string
  retryable?: boolean
  /** HTTP status of the provider's or proxy's answer, where there was one. */
  status?: number
  /** How long the provider asked to wait, in milliseconds. */
  retryAfterMs?: number
  /** The request never reached the provider, so nothing can have been spent. */
  unsent?: boolean
  /** What the model had said before the call failed. */
  text?: string
  /** Of a model call: what its provider had told of it when it failed. */
  spent?: CallSpending | undefined
  /** The limit that was reached. */
  limit?: LimitHit
  cause?: unknown
}

/**
 * Every failure of a run. `usage` and `metrics` say what the run had spent when it failed
 * (`null` usage: unknown); they are filled in by the agent. Until then `usage` is the failed call's.
 */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly hint: string
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly unsent: boolean
  readonly text: string | undefined
  readonly limit: LimitHit | undefined
  usage: Usage | null
  spent: CallSpending | undefined
  metrics: Metrics | null = null
  /** How many objects the model offered in vain, where one was asked for. */
  attempts: number | undefined

  constructor(init: AgentErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.code = init.code
    this.hint = init.hint
    this.retryable = init.retryable ?? false
    this.status = init.status
    this.retryAfterMs = init.retryAfterMs
    this.unsent = init.unsent ?? false
    this.spent = init.spent
    this.usage = this.unsent ? { ...noUsage } : (init.spent?.usage ?? null)
    this.text = init.text
    this.limit = init.limit
  }

  toJSON(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      hint: this.hint,
    }
  }
}

/** `error`, as a call fails that had spent so much. */
export function withSpending(error: AgentError, spent: CallSpending | undefined): AgentError {
  if (!spent) return error
  error.spent = spent
  error.usage = spent.usage
  return error
}

export function configurationError(message: string, hint: string): AgentError {
  return new AgentError({ code: 'configuration', message, hint, unsent: true })
}

export function invalidRequest(message: string, hint: string): AgentError {
  return new AgentError({ code: 'invalidRequest', message, hint, unsent: true })
}

export function cancelledError(): AgentError {
  return new AgentError({
    code: 'cancelled',
    message: 'The run was cancelled.',
    hint: 'Call again to start anew.',
  })
}

/** Any thrown value as an AgentError; what is not one already is a fault of ours or of a library. */
export function asAgentError(error: unknown): AgentError {
  if (error instanceof AgentError) return error
  return new AgentError({
    code: 'providerError',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This was not expected. Try again; if it stays, report it with the server log.',
    cause: error,
  })
}
