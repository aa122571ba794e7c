import type { ErrorCode } from './error-codes.js'
import type { LimitHit } from './limits.js'
import type { CallSpending, Metrics } from './metrics/types.js'

import { noUsage, type Usage } from './metrics/usage.js'

/** An error as data: what happened, whether a retry may succeed, and what to do next (`hint`). */
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
  /** HTTP status of the provider's or proxy's response, if there was one. */
  status?: number
  /** Milliseconds that the provider asked to wait before a retry. */
  retryAfterMs?: number
  /** True if the request never reached the provider, so that nothing can have been spent. */
  unsent?: boolean
  /** The text that the model had written before the call failed. */
  text?: string
  /** What the provider had reported about the call's spending before it failed. */
  spent?: CallSpending | undefined
  /** The limit that was reached. */
  limit?: LimitHit
  cause?: unknown
}

/**
 * Every failure of a run. The agent sets `usage` and `metrics` to what the run had spent when it
 * failed (`usage` is `null` if unknown). Until then, `usage` is that of the failed call.
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
  /** How many invalid objects the model gave. `undefined` if no object was requested. */
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

/** Adds what the failed call had spent to its error. Returns the same error. */
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
    hint: 'Call again to start over.',
  })
}

/** Converts any thrown value to an AgentError. Other errors are bugs in this package or a dependency. */
export function asAgentError(error: unknown): AgentError {
  if (error instanceof AgentError) return error
  return new AgentError({
    code: 'providerError',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This error is unexpected. Try again. If it persists, report it with the server log.',
    cause: error,
  })
}
