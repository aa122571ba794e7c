import { dirname, resolve } from 'node:path'
import { ImportError, type ImportedAgent, type ImportFormat } from '../import/imported-agent.js'
import { parseAgents } from '../import/parse-agents.js'
import { fileErrorText } from '../util/file-error.js'
import type { AgentFiles } from './agent-files.js'
import { findCycle } from './check-references.js'
import { toolsOf } from './imported-tools.js'
import { issueText } from './issue-text.js'
import { type ConfigProblem, problemText } from './problems.js'
import { type AgentProfile, agentProfile } from './profiles.js'
import { agentSchema, type FileContent, mcpServerSchema } from './schema.js'
import { agentToolPrefix } from './tool-references.js'

/** One entry of `import` in the configuration file. */
export interface ImportEntry {
  path: string
  format?: ImportFormat
  models?: Record<string, string>
  tools?: Record<string, string>
  mcpServers?: boolean
}

/** How imports are read; the file system is passed in. */
export interface ImportReader {
  readAgents(path: string): AgentFiles
  /** Returns the text of a file beside an imported one. Throws if it is outside the imported path. */
  readBeside(path: string, root: string): string
}

export interface ImportedAgents {
  agents: Map<string, AgentProfile>
  /** Servers that imported files define, in the form of `mcpServers`. */
  mcpServers: NonNullable<FileContent['mcpServers']>
  problems: ConfigProblem[]
  /** What has no counterpart here, by file. */
  warnings: ConfigProblem[]
  files: string[]
}

/** What the configuration file itself defines. It precedes what is imported. */
export interface OwnParts {
  agents: ReadonlyMap<string, AgentProfile>
  servers: ReadonlySet<string>
}

/** Imports the agents of other programs. Their tools are those that this server has. */
export function importAgents(
  entries: readonly ImportEntry[],
  folder: string,
  home: string,
  reader: ImportReader,
  own: OwnParts,
): ImportedAgents {
  const result: ImportedAgents = {
    agents: new Map(),
    mcpServers: {},
    problems: [],
    warnings: [],
    files: [],
  }
  const found: FoundAgent[] = []
  const instructions: string[] = []
  for (const [index, entry] of entries.entries()) {
    const root = resolve(folder, entry.path.replace(/^~(?=$|[\\/])/, home))
    const at = ['import', index]
    try {
      if (/(^|[\\/])AGENTS\.md$/i.test(root)) {
        instructions.push(reader.readBeside(root, dirname(root)))
        result.files.push(root)
      } else found.push(...foundIn(entry, root, at, reader, result))
    } catch (error) {
      const reason = fileErrorText(error)
      result.problems.push({ path: at, message: `${root} cannot be read: ${reason}` })
    }
  }
  const chosen = withoutTwice(found, own, result)
  const servers = new Set([...own.servers, ...Object.keys(result.mcpServers)])
  const names = new Set([...own.agents.keys(), ...chosen.map(({ agent }) => agent.name)])
  for (const one of chosen) {
    const profile = profileOf(one, instructions, servers, names, result)
    if (profile) result.agents.set(profile.name, profile)
  }
  cutCycles(result, own)
  return result
}

interface FoundAgent {
  agent: ImportedAgent
  path: string
  at: readonly PropertyKey[]
  notes: string[]
}

function foundIn(
  entry: ImportEntry,
  path: string,
  at: readonly PropertyKey[],
  reader: ImportReader,
  result: ImportedAgents,
): FoundAgent[] {
  const { files, root, skipped, watched } = reader.readAgents(path)
  result.files.push(...watched)
  for (const { path, reason } of skipped)
    result.warnings.push({ path: at, message: `${path} is left out: ${reason}` })
  const names = { models: entry.models ?? {}, tools: entry.tools ?? {} }
  return files.flatMap((file) => {
    try {
      return parseAgents(file, names, entry.format).map((agent) => {
        const notes = [...agent.notes]
        addServers(agent, entry.mcpServers === true, result, notes)
        const prompt = promptOf(agent, file.path, root, reader, notes)
        if (prompt !== undefined) {
          agent.entry.systemPrompt = prompt.text
          result.files.push(prompt.path)
        }
        return { agent, path: file.path, at, notes }
      })
    } catch (error) {
      if (!(error instanceof ImportError)) throw error
      result.warnings.push({ path: at, message: `${file.path} is left out: ${error.message}` })
      return []
    }
  })
}

function promptOf(
  { promptFile }: ImportedAgent,
  path: string,
  root: string,
  reader: ImportReader,
  notes: string[],
): { path: string; text: string } | undefined {
  if (promptFile === undefined) return undefined
  const file = resolve(dirname(path), promptFile)
  try {
    return { path: file, text: reader.readBeside(file, root) }
  } catch (error) {
    notes.push(`its prompt file cannot be read: ${fileErrorText(error)}`)
    return undefined
  }
}

/** A server can be a command, so a file of somebody else defines one only if the operator says so. */
function addServers(
  { mcpServers }: ImportedAgent,
  isAllowed: boolean,
  result: ImportedAgents,
  notes: string[],
): void {
  for (const [name, server] of Object.entries(mcpServers)) {
    const parsed = mcpServerSchema.safeParse(server)
    if (!parsed.success) notes.push(`the definition of the MCP server ${name} is not valid`)
    else if (isAllowed) result.mcpServers[name] ??= parsed.data
    else
      notes.push(
        `the MCP server ${name} is not started: define it in mcpServers, or set mcpServers: true for this import`,
      )
  }
}

/** Keeps the first agent of each name, and those of the file itself. */
function withoutTwice(
  found: readonly FoundAgent[],
  own: OwnParts,
  result: ImportedAgents,
): FoundAgent[] {
  const kept = new Map<string, FoundAgent>()
  for (const one of found) {
    const { name } = one.agent
    const first = kept.get(name)?.path ?? (own.agents.has(name) ? 'this file' : undefined)
    if (first === undefined) kept.set(name, one)
    else
      result.warnings.push({
        path: one.at,
        message: `${one.path} is left out: ${first} has an agent ${name}, too`,
      })
  }
  return [...kept.values()]
}

function profileOf(
  { agent, at, notes, path }: FoundAgent,
  instructions: readonly string[],
  servers: ReadonlySet<string>,
  agents: ReadonlySet<string>,
  result: ImportedAgents,
): AgentProfile | undefined {
  const tools = toolsOf(agent, servers, agents, notes)
  const systemPrompt = [agent.entry.systemPrompt, ...instructions].filter(
    (text) => typeof text === 'string' && text !== '',
  )
  const entry = {
    ...agent.entry,
    tools,
    ...(systemPrompt.length > 0 && {
      systemPrompt: [
        ...systemPrompt.map((text) => ({ text })),
        { cachePoint: { type: 'default' } },
      ],
    }),
  }
  const parsed = agentSchema.safeParse(entry, { error: issueText, reportInput: true })
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ message, path }) => problemText({ path, message }))
    result.warnings.push({ path: at, message: `${path} is left out: ${problems.join('; ')}` })
    return undefined
  }
  if (notes.length > 0) result.warnings.push({ path: at, message: `${path}: ${notes.join('; ')}` })
  return { ...agentProfile(agent.name, parsed.data, () => ''), source: path }
}

/** Agents must not use each other in a cycle. An imported agent loses the tool that closes one. */
function cutCycles(result: ImportedAgents, own: OwnParts): void {
  for (;;) {
    const cycle = findCycle(new Map([...own.agents, ...result.agents]))
    const name = cycle?.findLast((one) => result.agents.has(one))
    const agent = name === undefined ? undefined : result.agents.get(name)
    if (!cycle || !agent) return
    const next = cycle[(cycle.indexOf(agent.name) + 1) % cycle.length] as string
    agent.tools = agent.tools.filter(
      (tool) => tool !== next && tool !== `${agentToolPrefix}${next}`,
    )
    const message = `${agent.source}: ${agent.name} cannot use ${next}, which uses it in turn`
    result.warnings.push({ path: ['import'], message })
  }
}
