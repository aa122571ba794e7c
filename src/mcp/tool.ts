import type {
  CallToolResult,
  InputRequiredResult,
  Tool as McpTool,
} from '@modelcontextprotocol/server'
import { AgentError, invalidRequest } from '../agent/errors.js'
import type { PassedBudget } from '../agent/passed-budget.js'
import type { TraceContext } from '../agent/trace-context.js'
import type { Asking } from './asking.js'
import { brokenBound } from './json-bounds.js'
import { failure } from './results.js'
import type { Services } from './services.js'

/** A result, or a form for the person at the client, to be called again with. */
export type ToolAnswer = CallToolResult | InputRequiredResult

/** A tool of this server: what tools/list shows and what a call does. */
export interface ServerTool {
  readonly name: string
  describe(): McpTool
  call(call: ToolCall): Promise<ToolAnswer>
}

export interface ToolCall {
  /** As they came; the tool checks them. */
  readonly args: unknown
  readonly signal: AbortSignal
  /** By which a cancellation that comes by another way finds this call. */
  readonly name: string | undefined
  /** Who calls; sessions belong to them. */
  readonly principal: string
  /** The client by the name it gives itself, where it does. */
  readonly client: string | undefined
  /** What the caller passes down of its own; absent: nothing. */
  readonly budget: PassedBudget | undefined
  /** The client knows of tasks (2026-07-28), and may be answered with one. */
  readonly takesTasks: boolean
  readonly asking: Asking
  /** Of which the call is a part; `undefined`: of none. */
  readonly trace: TraceContext | undefined
  /** `undefined`: nobody listens. */
  readonly sendProgress: ((progress: number, message: string) => void) | undefined
}

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
