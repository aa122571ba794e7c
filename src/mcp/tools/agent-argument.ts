import type { Config } from '../../config/resolve.js'
import type { JsonObject } from '../../util/json.js'

const maxWords = 80

/** What an agent is for, where there is room for no more than its first words. */
export function inFewWords(description: string): string {
  const [sentence = ''] = description.trim().split(/(?<=[.!?])\s|\n/, 1)
  const plain = sentence.replace(/[.!?]$/, '')
  return plain.length > maxWords ? `${plain.slice(0, maxWords)}…` : plain
}

/** The argument `agent` in the schema of a tool, with the names it may have. */
export function agentArgument({ agents }: Config, told: 'names' | 'words'): JsonObject {
  const names = [...agents.keys()]
  if (names.length === 0)
    return { type: 'string', description: 'A configured agent profile; none is configured' }
  const about = [...agents.values()].map(
    ({ name, description }) => `${name}: ${inFewWords(description)}`,
  )
  const description = told === 'names' ? 'As in run_agent' : about.join('; ')
  return { type: 'string', enum: names, description }
}
