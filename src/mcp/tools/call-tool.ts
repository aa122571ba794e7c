import { AgentError, invalidRequest } from '../../agent/errors.js'
import { brokenBound } from '../jsonrpc/json-bounds.js'
import { failure } from '../results/results.js'
import type { Services } from '../services.js'
import type { ServerTool, ToolAnswer, ToolCall } from '../tool-call.js'

/** More members than this in one call's arguments is no request but an attack on memory. */
const maxElements = 20_000
const maxDepth = 100

/**
 * Calls a tool, and turns whatever goes wrong into a result that a model can act on: the one place
 * where errors end. Nothing of an unexpected one is told but that it happened.
 */
export async function callTool(
  tool: ServerTool,
  call: ToolCall,
  { inFlight, log, redact }: Services,
): Promise<ToolAnswer> {
  try {
    checkBounds(call.args)
    return await inFlight.run(call, (signal) => tool.call({ ...call, signal }))
  } catch (thrown) {
    const error = thrown instanceof AgentError ? thrown : unexpected()
    if (error !== thrown)
      log.error('a tool call failed unexpectedly', { tool: tool.name, err: thrown })
    return failure(error, {}, redact)
  }
}

function unexpected(): AgentError {
  return new AgentError({
    code: 'providerError',
    message: 'The server failed to handle this call.',
    hint: 'Try again; if it stays, look at the log of the server.',
  })
}

function checkBounds(args: unknown): void {
  switch (brokenBound(args, { maxDepth, maxElements })) {
    case 'maxElements':
      throw invalidRequest(
        `The arguments hold more than ${maxElements} elements.`,
        'Send less: shorten the lists, or put the data into the prompt as text.',
      )
    case 'maxDepth':
      throw invalidRequest(
        `The arguments are nested deeper than ${maxDepth} levels.`,
        'Send flatter arguments, or put the data into the prompt as text.',
      )
  }
}
