import { claudeCode } from './claude-code.js'
import { codex } from './codex.js'
import { copilot } from './copilot.js'
import { detectFormat } from './detect-format.js'
import { dockerAgent } from './docker-agent.js'
import { fastAgent } from './fast-agent.js'
import { geminiCli } from './gemini-cli.js'
import {
  type AgentFile,
  ImportError,
  type ImportedAgent,
  type ImportFormat,
  type ImportNames,
  type ImportParser,
} from './imported-agent.js'
import { opencode } from './opencode.js'
import { strands } from './strands.js'

const parsers: Readonly<Record<ImportFormat, ImportParser>> = {
  'claude-code': claudeCode,
  codex,
  copilot,
  opencode,
  'gemini-cli': geminiCli,
  'docker-agent': dockerAgent,
  'fast-agent': fastAgent,
  strands,
}

/** Returns the agents of a file. Without a format, the file itself decides. Throws an ImportError. */
export function parseAgents(
  file: AgentFile,
  names: ImportNames,
  format: ImportFormat | undefined = detectFormat(file),
): ImportedAgent[] {
  if (format === undefined) throw new ImportError('it is not an agent of a known program')
  return parsers[format](file, names)
}
