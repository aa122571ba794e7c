import type { JsonObject } from '../../util/json.js'
import { AgentError } from '../errors.js'
import type { AgentResult } from '../result.js'
import { type ParentRun, type Tool, ToolFailure } from './tool.js'

export interface AgentToolConfig {
  /** The tool's name, as the model calls it. */
  name: string
  description: string
  /** The agent's name in paths and metrics. Default: the tool's name. */
  agent?: string
  /** Runs the agent. It must pass both options on, so that the run belongs to the calling run. */
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
 * Makes an agent a tool of another agent. Every failure becomes a tool result that the model can
 * read: an agent that is already running further up, nesting that is too deep, or the agent's error.
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
      `The agent ${agent} is itself waiting for this answer (${[...path, agent].filter(Boolean).join(' → ')}). Do the task without it.`,
    )
  if (depthLeft < 1)
    throw new ToolFailure(
      `Agents are nested too deeply to call another one (${path.filter(Boolean).join(' → ')}). Do the task without ${agent}.`,
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
  return `${text}\n\n(${why}. This is its last text.)`
}
