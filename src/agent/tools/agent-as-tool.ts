import type { JsonObject } from '../../util/json.js'
import { AgentError } from '../errors.js'
import type { AgentResult } from '../result.js'
import { type ParentRun, type Tool, ToolFailure } from './tool.js'

export interface AgentToolConfig {
  /** The tool's name, as the model calls it. */
  name: string
  description: string
  /** The agent's own name, by which it is known in paths and metrics. Default: the tool's. */
  agent?: string
  /** Runs the agent, with both options handed to its run, so that it belongs to the run around it. */
  run: (prompt: string, options: ChildRunOptions) => Promise<AgentResult>
}

export interface ChildRunOptions {
  signal: AbortSignal
  parent?: ParentRun
}

const inputSchema: JsonObject = {
  type: 'object',
  properties: {
    prompt: {
      type: 'string',
      description: 'The whole task: the agent knows nothing of this conversation.',
    },
  },
  required: ['prompt'],
  additionalProperties: false,
}

/**
 * An agent as a tool of another one. Whatever goes wrong is a tool result that the model can act
 * on: an agent that is at work already further up, too many below one another, an error of its own.
 */
export function agentTool({ name, description, agent = name, run }: AgentToolConfig): Tool {
  return {
    spec: { name, description, inputSchema },
    endsOnAbort: true,
    run: async ({ prompt }, { signal, run: parent }) => {
      if (typeof prompt !== 'string') throw new ToolFailure(`Call ${name} with { "prompt": "…" }.`)
      if (parent) checkPlace(agent, parent)
      return answerOf(
        agent,
        await finished(agent, run(prompt, { signal, ...(parent && { parent }) })),
      )
    },
  }
}

function checkPlace(agent: string, { path, depthLeft }: ParentRun): void {
  if (path.includes(agent))
    throw new ToolFailure(
      `The agent ${agent} waits for this answer itself (${[...path, agent].filter(Boolean).join(' → ')}). Do the task without it.`,
    )
  if (depthLeft < 1)
    throw new ToolFailure(
      `No more agents may be called from here (${path.filter(Boolean).join(' → ')}). Do the task without ${agent}.`,
    )
}

async function finished(agent: string, result: Promise<AgentResult>): Promise<AgentResult> {
  try {
    return await result
  } catch (thrown) {
    if (!(thrown instanceof AgentError)) throw thrown
    const { code, message, hint } = thrown
    throw new ToolFailure(`The agent ${agent} failed (${code}): ${message} ${hint}`)
  }
}

function answerOf(agent: string, result: AgentResult): string {
  const { stopReason, limit } = result
  const text = String(result)
  if (stopReason === 'cancelled') throw new ToolFailure('Tool was interrupted.')
  if (stopReason !== 'limitReached') return text
  const why = `The agent ${agent} stopped at its limit${limit ? ` ${limit.name} (${limit.max})` : ''}`
  if (text === '') throw new ToolFailure(`${why} before it had an answer.`)
  return `${text}\n\n(${why}: this is the last it said.)`
}
