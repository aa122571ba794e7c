import { AgentError, invalidRequest } from '../agent/errors.js'

export function keyReused(): AgentError {
  return invalidRequest(
    'This idempotencyKey was used for a call with other arguments.',
    'Repeat the arguments of that call to join its run, or use another key.',
  )
}

export function shuttingDown(): AgentError {
  return new AgentError({
    code: 'connection',
    message: 'The server is shutting down.',
    hint: 'Call again in a moment.',
    retryable: true,
    unsent: true,
  })
}

export function queueFull(waiting: number): AgentError {
  return new AgentError({
    code: 'rateLimit',
    message: `The server is busy: ${waiting} runs are queued.`,
    hint: 'Call again later, or ask the operator to raise runs.maxConcurrent or runs.maxQueued.',
    retryable: true,
    unsent: true,
  })
}

/** Returns the error that callers get for an unexpected failure. Only the log has the details. */
export function unexpectedError(): AgentError {
  return new AgentError({
    code: 'providerError',
    message: 'The server failed to execute this run.',
    hint: 'Try again. If the error persists, check the server log.',
  })
}
