import type { CallToolResult, Tool as McpTool } from '@modelcontextprotocol/server'
import { AgentError, invalidRequest } from '../agent/errors.js'
import { failure } from './results.js'
import type { Services } from './services.js'

/** A tool of this server: what tools/list shows and what a call does. */
export interface ServerTool {
  readonly name: string
  describe(): McpTool
  call(call: ToolCall): Promise<CallToolResult>
}

export interface ToolCall {
  /** As they came; the tool checks them. */
  readonly args: unknown
  readonly signal: AbortSignal
  /** By which a cancellation that comes by another way finds this call. */
  readonly name: string | undefined
  /** Who calls; sessions belong to them. */
  readonly principal: string
  /** `undefined`: nobody listens. */
  readonly sendProgress: ((progress: number, message: string) => void) | undefined
}

/** More members than this in one call's arguments is no request but an attack on memory. */
const maxInputElements = 20_000

/**
 * Calls a tool, and turns whatever goes wrong into a result that a model can act on: the one place
 * where errors end. Nothing of an unexpected one is told but that it happened.
 */
export async function callTool(
  tool: ServerTool,
  call: ToolCall,
  { inFlight, log, redact }: Services,
): Promise<CallToolResult> {
  try {
    checkElements(call.args)
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

function checkElements(args: unknown): void {
  const open = [args]
  let count = 0
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    const members = Object.values(value)
    count += members.length
    if (count > maxInputElements)
      throw invalidRequest(
        `The arguments hold more than ${maxInputElements} elements.`,
        'Send less: shorten the lists, or put the data into the prompt as text.',
      )
    for (const member of members) if (typeof member === 'object') open.push(member)
  }
}
