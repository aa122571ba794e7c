import { AgentError, invalidRequest } from '../agent/errors.js'

export function keyReused(): AgentError {
  return invalidRequest(
    'This idempotencyKey was used for a call with other arguments.',
    'Repeat the arguments of that call to join its run, or choose another key.',
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
    message: `The server is busy: ${waiting} runs are waiting for their turn.`,
    hint: 'Call again in a while, or ask the operator to raise runs.maxConcurrent or runs.maxQueued.',
    retryable: true,
    unsent: true,
  })
}

/** Of what nobody foresaw, nothing is told but that it happened. */
export function unexpectedError(): AgentError {
  return new AgentError({
    code: 'providerError',
    message: 'The server failed to carry out this run.',
    hint: 'Try again; if it stays, look at the log of the server.',
  })
}
