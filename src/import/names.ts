import type { ImportNames } from './imported-agent.js'

const maxNameLength = 58
/** The names that the configuration takes. */
const validName = /^[a-zA-Z0-9_-]{1,58}$/

/** Returns the name of an agent as the configuration takes it; `undefined` if nothing is left. */
export function agentName(given: string): string | undefined {
  if (validName.test(given)) return given
  const name = given
    .trim()
    .replace(/[^a-zA-Z0-9_-]+/g, '-')
    .slice(0, maxNameLength)
    .replace(/^-|-$/g, '')
  return name === '' ? undefined : name
}

/** Returns the name of the file without its folder and its endings. */
export function fileStem(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? path
  return name.replace(/(\.(agent|chatmode))?\.[^.]+$/i, '') || name
}

export interface ModelName {
  /** `undefined` if the default model applies. */
  modelId?: string
  notes: string[]
}

/**
 * Returns the model that a name stands for. The operator's names come first. Other names are used as
 * they are if they can be a LiteLLM id; a word such as `sonnet` or `inherit` cannot.
 */
export function modelNamed(
  given: string | undefined,
  { models }: ImportNames,
  idOf: (name: string) => string | undefined = (name) => name,
): ModelName {
  const alias = given ?? 'inherit'
  const chosen = Object.hasOwn(models, alias)
    ? models[alias]
    : models[Object.keys(models).find((key) => key.toLowerCase() === alias.toLowerCase()) ?? '']
  if (chosen !== undefined) return { modelId: chosen, notes: [] }
  if (given === undefined || given.toLowerCase() === 'inherit') return { notes: [] }
  const id = /[\d/]/.test(given) && !/\s/.test(given) ? idOf(given) : undefined
  if (id !== undefined) return { modelId: id, notes: [] }
  return {
    notes: [
      `the model ${JSON.stringify(given.slice(0, 100))} is not known, so the default model answers: name one for it under models of this import`,
    ],
  }
}

/** Tools of other programs by their names in lower case; `null` marks those without a counterpart. */
const knownTools: Readonly<Record<string, readonly string[] | null>> = {
  read: ['files/read'],
  view: ['files/read'],
  read_file: ['files/read'],
  read_many_files: ['files/read'],
  file_read: ['files/read'],
  notebookread: ['files/read'],
  ls: ['files/list'],
  list: ['files/list'],
  list_directory: ['files/list'],
  glob: ['files/glob'],
  find: ['files/glob'],
  find_files: ['files/glob'],
  grep: ['files/grep'],
  grep_search: ['files/grep'],
  search_file_content: ['files/grep'],
  search: ['files/grep', 'files/glob', 'files/list'],
  edit: ['files/edit', 'files/write'],
  multiedit: ['files/edit'],
  patch: ['files/edit'],
  replace: ['files/edit'],
  editor: ['files/edit', 'files/write'],
  write: ['files/write'],
  write_file: ['files/write'],
  file_write: ['files/write'],
  webfetch: ['web_fetch'],
  web_fetch: ['web_fetch'],
  fetch: ['web_fetch'],
  http_request: ['web_fetch'],
  web: ['web_fetch'],
  skill: ['read_skill'],
  calculator: ['calculator'],
  current_time: ['current_time'],
  bash: null,
  shell: null,
  execute: null,
  terminal: null,
  run_shell_command: null,
  killshell: null,
  bashoutput: null,
  python_repl: null,
  websearch: null,
  web_search: null,
  google_web_search: null,
  todo: null,
  todowrite: null,
  todoread: null,
  write_todos: null,
  think: null,
  memory: null,
  save_memory: null,
  notebookedit: null,
  exitplanmode: null,
  enterplanmode: null,
  askuserquestion: null,
  slashcommand: null,
  lsp: null,
}

export interface ToolNames {
  tools: string[]
  notes: string[]
}

/**
 * Returns the tools of this server that names stand for. `server/tool` stays as it is;
 * `mcp__server__tool` is the same tool, and `Agent(a, b)` are two agents.
 */
export function toolsNamed(given: readonly string[], names: ImportNames): ToolNames {
  const tools: string[] = []
  const missing: string[] = []
  for (const name of given) {
    const found = toolsFor(name, names)
    if (found) tools.push(...found)
    else missing.push(name)
  }
  const notes =
    missing.length === 0
      ? []
      : [`there ${missing.length === 1 ? 'is no tool' : 'are no tools'} for ${missing.join(', ')}`]
  return { tools: [...new Set(tools)], notes }
}

function toolsFor(given: string, names: ImportNames): readonly string[] | undefined {
  const chosen = Object.hasOwn(names.tools, given) ? names.tools[given] : undefined
  if (chosen !== undefined) return [chosen]
  const [, agents] = /^(?:Agent|Task)\((.*)\)$/i.exec(given) ?? []
  if (agents !== undefined) return agents.split(',').flatMap(agentTool)
  const [, server, tool] = /^mcp__(.+?)(?:__(.+))?$/.exec(given) ?? []
  if (server !== undefined) return [`${server}/${tool ?? '*'}`]
  // A rule such as Bash(git diff:*) or Read(src/**) limits a tool; the limit has no counterpart.
  const [, limited] = /^(\w+)\(.*\)$/.exec(given) ?? []
  if (limited !== undefined) return undefined
  if (/^agent_[\w-]+$/.test(given)) return [given]
  const known = Object.hasOwn(knownTools, given.toLowerCase())
    ? knownTools[given.toLowerCase()]
    : undefined
  if (known) return known
  if (known === null) return undefined
  if (/^[^/\s.][^/\s]*\/[^/\s]+$/.test(given)) return [given]
  return undefined
}

function agentTool(name: string): string[] {
  const agent = agentName(name)
  return agent === undefined ? [] : [`agent_${agent}`]
}

/** Returns the tools `agent_<name>` of agents. */
export function agentTools(agents: readonly string[]): string[] {
  return agents.flatMap(agentTool)
}
