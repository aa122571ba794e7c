import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isSeq, parseDocument } from 'yaml'
import { readAgentFiles, readBeside } from '../../config/agent-files.js'
import { type ImportEntry, type ImportedAgents, importAgents } from '../../config/import-agents.js'
import { isJsonObject } from '../../util/json.js'

/** The folders in which programs keep the agents of a user, below the home folder. */
const folders = [
  '.claude/agents',
  '.codex/agents',
  '.config/opencode/agent',
  '.config/opencode/agents',
  '.gemini/agents',
]

/** The models that Claude Code's names stand for where there is a key of Anthropic. */
const anthropicModels = {
  opus: 'anthropic/claude-opus-4-6',
  sonnet: 'anthropic/claude-sonnet-4-6',
  haiku: 'anthropic/claude-haiku-4-5',
}

/** Returns an import for each folder of agents that exists. */
export function foundImports(
  home: string,
  modelId: string,
  env: Readonly<Record<string, string | undefined>>,
): ImportEntry[] {
  const models = env.ANTHROPIC_API_KEY
    ? anthropicModels
    : { opus: modelId, sonnet: modelId, haiku: modelId }
  return folders
    .filter((folder) => existsSync(join(home, folder)))
    .map((folder) => ({
      path: `~/${folder}`,
      ...(folder.startsWith('.claude') && { models: { ...models } }),
    }))
}

/** Returns what imports give. No server of an imported file is started. */
export function previewImports(entries: readonly ImportEntry[], home: string): ImportedAgents {
  const reader = { readAgents: readAgentFiles, readBeside }
  return importAgents(entries, home, home, reader, { agents: new Map(), servers: new Set() })
}

/** Returns the lines that show imported agents: each with its model and tools, then what is left out. */
export function previewLines(
  { agents, problems, warnings }: ImportedAgents,
  modelId: string,
): string[] {
  const shown = [...agents.values()].map(
    (agent) =>
      `  ${agent.name}: ${agent.modelId ?? `${modelId} (the default)`}; tools: ${agent.tools.join(' ') || 'none'}`,
  )
  const left = [...problems, ...warnings].map(({ message }) => `  - ${message}`)
  return [...shown, ...(left.length > 0 ? ['Left out:', ...left] : [])]
}

/**
 * Returns a configuration file with the imports added, with all else unchanged, comments included.
 * Imports of the same path stay as they are. Pure.
 */
export function withImports(text: string, entries: readonly ImportEntry[]): string {
  const document = parseDocument(text)
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)))
    return text
  const known = document.get('import')
  const paths = isSeq(known)
    ? known.toJSON().flatMap((entry: unknown) => (isJsonObject(entry) ? [entry.path] : []))
    : []
  const added = entries.filter(({ path }) => !paths.includes(path))
  if (added.length === 0) return text
  if (isSeq(known)) for (const entry of added) known.add(document.createNode(entry))
  else document.set('import', document.createNode(added))
  return document.toString({ lineWidth: 0 })
}
