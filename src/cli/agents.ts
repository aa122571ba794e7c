import { loadConfig } from '../config/load.js'
import type { AgentProfile } from '../config/profiles.js'
import { canonicalToolName } from '../config/tool-references.js'
import type { ExportedAgent } from '../import/export-agent.js'
import { type ImportFormat, importFormats } from '../import/imported-agent.js'
import { nearest } from '../util/nearest-name.js'
import { parseOptions, UsageError } from './parse-options.js'
import { type Column, table } from './table.js'

const options = {
  format: { type: 'string' },
  json: { type: 'boolean' },
  config: { type: 'string' },
} as const

const columns: readonly Column[] = [
  { head: 'AGENT' },
  { head: 'MODEL' },
  { head: 'TOOLS' },
  { head: 'FROM' },
  { head: 'DESCRIPTION' },
]

/** Prints all agents and where they come from, or one of them as a file of another program. */
export async function agents(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseOptions(args, options)
  const [command, name, ...rest] = positionals
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`)
  const config = await loadConfig(values.config === undefined ? {} : { config: values.config })
  if (command === 'export') return exported(name, values.format, config.agents)
  if (command !== undefined)
    throw new UsageError(`agents knows the command export, not ${JSON.stringify(command)}.`)
  const all = [...config.agents.values()].map((agent) => listed(agent, config))
  if (values.json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  else if (all.length > 0)
    process.stdout.write(table(columns, all.map(row), process.stdout.columns || undefined))
  else process.stderr.write('No agents are configured. Add them under agents or import.\n')
  return 0
}

interface ListedAgent {
  name: string
  description: string
  modelId: string | null
  tools: string[]
  source: string
}

function listed(
  { description, modelId, name, source, tools }: AgentProfile,
  { defaults, files }: { defaults: { modelId?: string }; files: readonly string[] },
): ListedAgent {
  return {
    name,
    description,
    modelId: modelId ?? defaults.modelId ?? null,
    tools,
    source: source ?? files[0] ?? '',
  }
}

function row({ description, modelId, name, source, tools }: ListedAgent): string[] {
  return [name, modelId ?? '-', tools.join(' ') || '-', source, description.replace(/\s+/g, ' ')]
}

async function exported(
  name: string | undefined,
  format: string | undefined,
  all: ReadonlyMap<string, AgentProfile>,
): Promise<number> {
  if (name === undefined) throw new UsageError('agents export needs the NAME of an agent.')
  const agent = all.get(name)
  if (!agent) {
    const near = nearest(name, [...all.keys()])
    const hint = near === undefined ? '' : ` Did you mean ${near}?`
    throw new UsageError(`There is no agent ${JSON.stringify(name)}.${hint}`)
  }
  if (!isFormat(format))
    throw new UsageError(`agents export needs --format with one of ${importFormats.join(', ')}.`)
  const { exportAgent } = await import('../import/export-agent.js')
  const { lost, text } = exportAgent(exportable(agent, all), format)
  process.stdout.write(text)
  if (lost.length > 0)
    process.stderr.write(`${format} cannot express ${lost.join(', ')}: left out.\n`)
  return 0
}

function isFormat(format: string | undefined): format is ImportFormat {
  return importFormats.some((known) => known === format)
}

function exportable(agent: AgentProfile, agents: ReadonlyMap<string, AgentProfile>): ExportedAgent {
  const { approval, description, fallbacks = [], limits, modelId, name, outputSchema } = agent
  const { params, readOnly, systemPrompt = '', tools } = agent
  const text =
    typeof systemPrompt === 'string'
      ? systemPrompt
      : systemPrompt.flatMap((block) => ('text' in block ? [block.text] : [])).join('\n\n')
  return {
    name,
    description,
    systemPrompt: text,
    ...(modelId !== undefined && { modelId }),
    fallbacks,
    params,
    tools: tools.map((tool) => canonicalToolName(tool, agents)),
    ...(limits.maxCycles !== undefined && { maxCycles: limits.maxCycles }),
    ...(limits.timeoutSeconds !== undefined && { timeoutSeconds: limits.timeoutSeconds }),
    readOnly,
    approval,
    ...(outputSchema && { outputSchema }),
  }
}
