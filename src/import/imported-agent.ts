import type { JsonObject } from '../util/json.js'

/** The programs whose agents can be imported. */
export const importFormats = [
  'claude-code',
  'codex',
  'copilot',
  'opencode',
  'gemini-cli',
  'docker-agent',
  'fast-agent',
  'strands',
] as const
export type ImportFormat = (typeof importFormats)[number]

/** An agent of another program, in the terms of the configuration file. */
export interface ImportedAgent {
  name: string
  /** The entry that the agent would have under `agents`. Its `tools` may name what this server lacks. */
  entry: JsonObject & { tools?: string[] }
  /** A file with the system prompt, relative to the imported file. */
  promptFile?: string
  /** True if the format says that an agent without `tools` has all tools. */
  hasAllTools: boolean
  /** Tools that the agent must not have, although it has all others. */
  withoutTools: readonly string[]
  /** Servers that the file defines, by name, in the form of `mcpServers`. */
  mcpServers: Readonly<Record<string, JsonObject>>
  /** What the file says that has no counterpart here, one sentence each, without a full stop. */
  notes: readonly string[]
}

/** What the operator says about the names in imported files. */
export interface ImportNames {
  /** Model ids by the names that the files use, such as `sonnet`. */
  readonly models: Readonly<Record<string, string>>
  /** Tools of this server by the names that the files use. */
  readonly tools: Readonly<Record<string, string>>
}

/** A file as it is, before its format is known. Its path is absolute. */
export interface AgentFile {
  path: string
  text: string
}

/** Parses a file of one format. A file can define several agents. Throws an ImportError. */
export type ImportParser = (file: AgentFile, names: ImportNames) => ImportedAgent[]

/** Says why a file is not a valid agent. The message does not quote the file. */
export class ImportError extends Error {}
