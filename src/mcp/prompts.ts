import {
  type GetPromptResult,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import * as z from 'zod'
import type { Config } from '../config/resolve.js'
import { agentToolPrefix } from '../config/tool-references.js'
import { isJsonObject, parseJsonObject } from '../util/json.js'
import { wellFormed } from '../util/well-formed.js'

/**
 * Validates prompt requests. The schema is looser than the protocol's: clients also send null,
 * numbers and JSON text as arguments.
 */
export const getPromptParams = z.looseObject({
  name: z.string(),
  arguments: z.unknown().optional(),
})

/** Returns one prompt for each profile, for people who choose an agent from the menu of a client. */
export function listPrompts({ agents }: Config): Prompt[] {
  return [...agents.values()].map(({ name, description }) => ({
    name,
    title: `Ask ${name}`,
    // Some frameworks offer prompts to a model as functions, next to the tools of the same agents.
    description: `Prompt that hands a task to the agent ${name}. ${description}`.trim(),
    arguments: [{ name: 'task', description: 'What the agent should do', required: true }],
  }))
}

/**
 * Returns a message that makes the client's model pass the task to the agent, with what the agent
 * needs from the conversation. The agent's own prompt is not sent to the client's model.
 */
export function getPrompt(
  { name, arguments: args }: z.output<typeof getPromptParams>,
  { agents }: Config,
): GetPromptResult {
  const profile = agents.get(name)
  if (!profile) throw invalidParams(`Unknown prompt: ${JSON.stringify(name)}.`)
  const task = taskOf(args)
  if (task === '') throw invalidParams(`The prompt ${name} needs the argument task, a text.`)
  const call =
    profile.exposeAs === 'tool'
      ? `the tool ${agentToolPrefix}${name}`
      : `the tool run_agent with agent ${JSON.stringify(name)}`
  const text = `Use ${call} for the task below. The agent sees only what you send, so put all it needs into the prompt, including what it needs from this conversation. Then tell me its answer.\n\n${task}`
  return {
    description: profile.description,
    messages: [{ role: 'user', content: { type: 'text', text } }],
  }
}

function taskOf(args: unknown): string {
  const given = typeof args === 'string' ? parseJsonObject(args) : args
  const task = isJsonObject(given) ? (given.task ?? '') : ''
  return wellFormed(typeof task === 'string' ? task : JSON.stringify(task)).trim()
}

function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}
