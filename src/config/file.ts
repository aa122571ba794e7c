import { dirname, resolve } from 'node:path'
import type * as z from 'zod'
import { isJsonObject } from '../util/json.js'

import { checkReferences } from './check-references.js'
import { expandVariables } from './expand.js'
import { type McpServerConfig, mcpServer } from './mcp-servers.js'
import { parseYaml } from './parse-yaml.js'
import type { ConfigProblem } from './problems.js'
import { type AgentProfile, agentProfile } from './profiles.js'
import { type FileContent, fileSchema } from './schema.js'

/** What a configuration file says, checked. */
export interface ConfigFile {
  path: string
  content: Omit<FileContent, 'agents' | 'mcpServers'>
  agents: ReadonlyMap<string, AgentProfile>
  mcpServers: ReadonlyMap<string, McpServerConfig>
  /** Everything wrong with it: then the rest is not to be used. */
  problems: readonly ConfigProblem[]
  /** The file itself, and those that it names. */
  files: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** Pure but for `readText`, which reads the files of system prompts and fails where it cannot. */
export function parseConfigFile(
  path: string,
  text: string,
  env: Environment,
  readText: (path: string) => string,
): ConfigFile {
  const { content, problems, lineOf } = parseYaml(text)
  const files = [path]
  const readPrompt = (textFile: string, place: readonly PropertyKey[]): string => {
    const file = resolve(dirname(path), textFile)
    files.push(file)
    try {
      return readText(file)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error
      problems.push({ path: place, message: `the file ${file} cannot be read (${code})` })
      return ''
    }
  }
  // What cannot be parsed has no content to look at; an empty file parses to null and says nothing.
  const expanded = problems.length > 0 ? {} : expandVariables(content ?? {}, env, problems)
  const parsed = fileSchema.safeParse(expanded)
  const wrong = (parsed.error?.issues ?? []).flatMap((issue) => issueProblems(issue))
  problems.push(...wrong)
  // So that what else is wrong is told along with it.
  const { agents = {}, mcpServers = {}, ...rest } = parsed.data ?? soundPart(expanded, wrong)
  const profiles = new Map(
    Object.entries(agents).map(([name, agent]) => [name, agentProfile(name, agent, readPrompt)]),
  )
  const servers = new Map<string, McpServerConfig>()
  for (const [name, entry] of Object.entries(mcpServers)) {
    const server = mcpServer(name, entry, dirname(path), problems)
    if (server) servers.set(name, server)
  }
  problems.push(...checkReferences(profiles, new Map(Object.entries(mcpServers))))
  return {
    path,
    content: rest,
    agents: profiles,
    mcpServers: servers,
    problems: inOrder(problems.map((problem) => ({ line: lineOf(problem.path), ...problem }))),
    files,
  }
}

/** The content without what is wrong with it. */
function soundPart(content: unknown, problems: readonly ConfigProblem[]): FileContent {
  for (const { path } of problems) {
    let node = content
    let remove = () => {}
    for (const key of path) {
      // Lists go whole, so that the places of what stays do not move.
      if (!isJsonObject(node) || !(String(key) in node)) break
      const parent = node
      remove = () => delete parent[String(key)]
      node = node[String(key)]
    }
    remove()
  }
  return fileSchema.safeParse(content).data ?? {}
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
}

/** A value of several possible kinds is complained of as the kind it most looks like. */
function issueProblems(
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[] = [],
): ConfigProblem[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((errors) => errors.every((inner) => inner.path.length > 0))
    if (meant) return meant.flatMap((inner) => issueProblems(inner, path))
    const expected = issue.errors.flat().map((inner) => 'expected' in inner && inner.expected)
    return [{ path, message: `must be ${expected.filter(Boolean).join(' or ')}` }]
  }
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index] ?? '',
    }))
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }))
  return [{ path, message: issue.message }]
}
