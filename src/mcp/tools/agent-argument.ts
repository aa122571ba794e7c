import type { Config } from '../../config/resolve.js'
import { nameableTools } from '../../policy/permission.js'
import type { JsonObject } from '../../util/json.js'

/** Limits the description of one agent, and of all agents together. Every agent's name is listed. */
const maxSummaryLength = 80
const maxDescriptionLength = 600

/** Returns the first sentence of a description, shortened. */
export function summarize(description: string): string {
  const [sentence = ''] = description.trim().split(/(?<=[.!?])\s|\n/, 1)
  const plain = sentence.replace(/[.!?]$/, '')
  return plain.length > maxSummaryLength ? `${plain.slice(0, maxSummaryLength)}…` : plain
}

/** Returns the schema of the argument `agent` with the configured names. */
export function agentArgument({ agents }: Config, detail: 'named' | 'described'): JsonObject {
  const names = [...agents.keys()]
  if (names.length === 0)
    return { type: 'string', description: 'A configured agent profile; none is configured' }
  const summaries = [...agents.values()].map(
    ({ name, description }) => `${name}: ${summarize(description)}`,
  )
  const description = detail === 'named' ? 'As in run_agent' : firstOf(summaries, '; ')
  return { type: 'string', enum: names, description }
}

/** Returns the schema of the argument `tools` with those that a caller may name. */
export function toolsArgument(config: Config): JsonObject {
  const description = `${firstOf(nameableTools(config), ', ')}. Default: those of the agent`
  return { type: 'array', items: { type: 'string' }, description }
}

/** Joins as many parts as there is room for. */
function firstOf(parts: readonly string[], separator: string): string {
  let length = 0
  const fitting = parts.filter((part) => {
    length += part.length + separator.length
    return length <= maxDescriptionLength
  })
  return fitting.length < parts.length ? [...fitting, '…'].join(separator) : fitting.join(separator)
}
