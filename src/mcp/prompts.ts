import {
  type GetPromptResult,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import type { Config } from '../config/resolve.js'
import { agentToolPrefix } from '../config/tool-references.js'

/** One for each profile, for people who choose an agent from their client's menu. */
export function listPrompts({ agents }: Config): Prompt[] {
  return [...agents.values()].map(({ name, description }) => ({
    name,
    title: `Ask ${name}`,
    description,
    arguments: [{ name: 'task', description: 'What the agent is to do', required: true }],
  }))
}

/**
 * Tells the client's model to hand the task to the agent, with what it needs of the conversation.
 * The agent's own prompt stays here: it is for the agent's model, not for the client's.
 */
export function getPrompt(
  { name, arguments: args }: { name: string; arguments?: Record<string, string> | undefined },
  { agents }: Config,
): GetPromptResult {
  const profile = agents.get(name)
  if (!profile) throw invalidParams(`Unknown prompt: ${name}`)
  const task = args?.task?.trim()
  if (!task) throw invalidParams(`The prompt ${name} needs the argument task.`)
  const call =
    profile.exposeAs === 'tool'
      ? `the tool ${agentToolPrefix}${name}`
      : `the tool run_agent with agent ${JSON.stringify(name)}`
  const text = `Use ${call} for the task below. The agent sees only what you send: put all it needs into prompt, what this conversation holds of it included. Then tell me its answer.\n\n${task}`
  return {
    description: profile.description,
    messages: [{ role: 'user', content: { type: 'text', text } }],
  }
}

function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
