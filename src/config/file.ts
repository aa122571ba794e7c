import { dirname, resolve } from 'node:path'
import type * as z from 'zod'
import { fileErrorText } from '../util/file-error.js'
import { homeFolder } from '../util/folders.js'
import { isJsonObject } from '../util/json.js'
import { checkReferences } from './check-references.js'
import { expandVariables } from './expand.js'
import { type ImportReader, importAgents } from './import-agents.js'
import { issueText } from './issue-text.js'
import { longToolNames } from './long-tool-names.js'
import { type McpServerConfig, mcpServer } from './mcp-servers.js'
import { parseYaml, withoutComments } from './parse-yaml.js'
import type { ConfigProblem } from './problems.js'
import { type AgentProfile, agentProfile } from './profiles.js'
import { type FileContent, fileSchema } from './schema.js'

/** The validated content of a configuration file. */
export interface ConfigFile {
  path: string
  content: Omit<FileContent, 'agents' | 'import' | 'mcpServers'>
  agents: ReadonlyMap<string, AgentProfile>
  mcpServers: ReadonlyMap<string, McpServerConfig>
  /** All errors. If there are any, the rest must not be used. */
  problems: readonly ConfigProblem[]
  /** Settings that are valid but probably do not work as intended. */
  warnings: readonly ConfigProblem[]
  /** The paths of the file itself and of the files that it names. */
  files: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** What a configuration file reads besides itself. Its functions throw if they cannot. */
export interface FileReader extends ImportReader {
  readText(path: string): string
}

/** Parses a configuration file. Pure except for the reader. */
export function parseConfigFile(
  path: string,
  text: string,
  env: Environment,
  { readText, ...reader }: FileReader,
): ConfigFile {
  // JSON is a subset of YAML, but comments in JSON are not.
  const isJson = /\.jsonc?$/i.test(path)
  const { content, lineOf, ...parse } = parseYaml(isJson ? withoutComments(text) : text)
  const problems = isJson ? jsonProblems(parse.problems) : parse.problems
  const files = [path]
  const readPrompt = (textFile: string, place: readonly PropertyKey[]): string => {
    const file = resolve(dirname(path), textFile)
    files.push(file)
    try {
      return readText(file)
    } catch (error) {
      const reason = fileErrorText(error)
      problems.push({ path: place, message: `the file ${file} cannot be read: ${reason}` })
      return ''
    }
  }
  // An empty file parses to null and sets nothing.
  const expanded = problems.length > 0 ? {} : expandVariables(content ?? {}, env, problems)
  const parsed = fileSchema.safeParse(expanded, { error: issueText, reportInput: true })
  const wrong = (parsed.error?.issues ?? []).flatMap((issue) => issueProblems(issue))
  problems.push(...wrong)
  // The valid part is checked further, so that all problems are reported together.
  const {
    agents = {},
    import: imports = [],
    mcpServers = {},
    ...rest
  } = parsed.data ?? validPart(expanded, wrong)
  const profiles = new Map(
    Object.entries(agents).map(([name, agent]) => [name, agentProfile(name, agent, readPrompt)]),
  )
  const imported = importAgents(imports, dirname(path), homeFolder(env), reader, {
    agents: profiles,
    servers: new Set(Object.keys(mcpServers)),
  })
  problems.push(...imported.problems)
  files.push(...imported.files)
  for (const [name, profile] of imported.agents) profiles.set(name, profile)
  const allServers = { ...imported.mcpServers, ...mcpServers }
  const servers = new Map<string, McpServerConfig>()
  for (const [name, entry] of Object.entries(allServers)) {
    const server = mcpServer(name, entry, dirname(path), problems)
    if (server) servers.set(name, server)
  }
  problems.push(...checkReferences(profiles, new Map(Object.entries(allServers))))
  return {
    path,
    content: rest,
    agents: profiles,
    mcpServers: servers,
    problems: withLines(problems, lineOf),
    warnings: withLines([...longToolNames(profiles.values()), ...imported.warnings], lineOf),
    files,
  }
}

/** The parser's messages are about YAML, and each follows from the first. */
function jsonProblems([first]: readonly ConfigProblem[]): ConfigProblem[] {
  if (!first) return []
  const message =
    'it is not valid JSON. Look for a missing comma, quote or brace here or on the line before'
  return [{ ...first, message }]
}

/** Returns the content without its invalid parts. */
function validPart(content: unknown, problems: readonly ConfigProblem[]): FileContent {
  for (const { path } of problems) {
    let node = content
    let remove = () => {}
    for (const key of path) {
      // A list is removed as a whole, so that the indexes of its other entries stay valid.
      if (!isJsonObject(node) || !(String(key) in node)) break
      const parent = node
      remove = () => delete parent[String(key)]
      node = node[String(key)]
    }
    remove()
  }
  return fileSchema.safeParse(content).data ?? {}
}

/** Adds to each problem its line in the file, and sorts by line. */
function withLines(
  problems: readonly ConfigProblem[],
  lineOf: (path: readonly PropertyKey[]) => number | undefined,
): ConfigProblem[] {
  const located = problems.map((problem) => ({ line: lineOf(problem.path), ...problem }))
  return located.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
}

/** Returns the problems of a zod issue. A value of several possible types is judged as the one it most resembles. */
function issueProblems(
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[] = [],
): ConfigProblem[] {
  const path = [...base, ...issue.path]
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find((errors) => errors.every((inner) => inner.path.length > 0))
    if (meant) return meant.flatMap((inner) => issueProblems(inner, path))
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
