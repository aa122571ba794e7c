import { frontMatter } from './front-matter.js'
import type { AgentFile, ImportFormat } from './imported-agent.js'

/** The folders in which programs keep their agents, and the endings that only one of them uses. */
const paths: readonly (readonly [RegExp, ImportFormat])[] = [
  [/\.toml$/i, 'codex'],
  [/\.(agent|chatmode)\.md$/i, 'copilot'],
  [/(^|[\\/])opencode\.jsonc?$/i, 'opencode'],
  [/\.json$/i, 'strands'],
  [/[\\/]\.claude[\\/]/, 'claude-code'],
  [/[\\/]\.github[\\/]/, 'copilot'],
  [/[\\/]\.?opencode[\\/]/, 'opencode'],
  [/[\\/]\.gemini[\\/]/, 'gemini-cli'],
  [/[\\/]agent-cards[\\/]/, 'fast-agent'],
]

/** The fields that only one format has. */
const fields: readonly (readonly [RegExp, ImportFormat])[] = [
  [/^(mode|permission|maxSteps)$/, 'opencode'],
  [/^(kind|max_turns|timeout_mins)$/, 'gemini-cli'],
  [/^(servers|use_history|request_params)$/, 'fast-agent'],
  [/^(target|handoffs|argument-hint|mcp-servers|user-invocable)$/, 'copilot'],
]

/** Returns the format of a file, by its path and then by its fields. `undefined` if it is no agent. */
export function detectFormat({ path, text }: AgentFile): ImportFormat | undefined {
  const byPath = paths.find(([pattern]) => pattern.test(path))
  if (byPath) return byPath[1]
  if (/\.ya?ml$/i.test(path)) return /^agents:/m.test(text) ? 'docker-agent' : 'fast-agent'
  if (!/\.md$/i.test(path)) return undefined
  const names = Object.keys(frontMatter(text).fields)
  if (names.length === 0) return undefined
  return fields.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? 'claude-code'
}
