import { AgentError } from '../../agent/errors.js'
import { failure } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool, ToolAnswer, ToolCall } from '../tool-call.js'

/**
 * Calls a tool and returns every error as a result that a model can act on. An unexpected error is
 * logged, and its result says only that it happened.
 */
export async function callTool(
  tool: ServerTool,
  call: ToolCall,
  { inFlight, log, redact }: Services,
): Promise<ToolAnswer> {
  try {
    return await inFlight.track(tool.call(call))
  } catch (thrown) {
    const error = thrown instanceof AgentError ? thrown : unexpected()
    if (error !== thrown)
      log.error('a tool call failed unexpectedly', { tool: tool.name, err: thrown })
    return failure(error, redact)
  }
}

function unexpected(): AgentError {
  return new AgentError({
    code: 'providerError',
    message: 'The server failed to handle this call.',
    hint: 'Try again. If it fails again, read the log of the server.',
  })
}
