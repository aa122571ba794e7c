import { isJsonObject, type JsonObject } from '../util/json.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { yamlFields } from './front-matter.js'
import {
  ImportError,
  type ImportedAgent,
  type ImportNames,
  type ImportParser,
} from './imported-agent.js'
import { agentTools, modelNamed } from './names.js'
import { inlineServers } from './servers.js'

/** Parses the `agent.yaml` of docker agent, which defines models and one or more agents. */
export const dockerAgent: ImportParser = (file, names) => {
  const content = yamlFields(file.text)
  if (!content) throw new ImportError('it is not valid YAML')
  const top = new Fields(content, ['version', 'metadata'])
  const agents = top.object('agents') ?? {}
  const models = top.object('models') ?? {}
  const rules = top.object('permissions') ?? {}
  top.without({
    providers: 'set their base URL and key in clientArgs',
    rag: 'there is no index of documents',
  })
  const shared = top.allNotes()
  const imported = Object.entries(agents).flatMap(([name, fields]) =>
    isJsonObject(fields) ? [dockerOne(name, fields, { models, rules, names, shared })] : [],
  )
  if (imported.length === 0) throw new ImportError('it has no agents')
  return imported
}

interface Shared {
  models: JsonObject
  rules: JsonObject
  names: ImportNames
  shared: readonly string[]
}

function dockerOne(
  name: string,
  given: JsonObject,
  { models, rules, names, shared }: Shared,
): ImportedAgent {
  const fields = new Fields(given, ['welcome_message', 'add_date', 'add_environment_info'])
  const model = dockerModel(fields.text('model'), models, names)
  const fallback = new Fields(fields.object('fallback') ?? {})
  const fallbacks = (fallback.list('models') ?? []).map((one) => dockerModel(one, models, names))
  const toolsets = dockerToolsets(fields.value('toolsets'))
  const output = new Fields(fields.object('structured_output') ?? {})
  const schema = output.object('schema')
  fields.without({
    handoffs: 'a run ends with its answer',
    skills: 'the agent has no skills here',
    hooks: 'they name commands to run',
    commands: 'each call has its own prompt',
    num_history_items: 'set conversation in an agent of your own instead',
  })
  return importedAgent(
    {
      name,
      description: fields.text('description'),
      systemPrompt: fields.text('instruction'),
      modelId: model.modelId,
      fallbacks: fallbacks.flatMap(({ modelId }) => modelId ?? []),
      params: model.params,
      maxCycles: fields.count('max_iterations'),
      tools: [...toolsets.tools, ...agentTools(fields.list('sub_agents') ?? [])],
      approval: ruleTools(rules.ask),
      withoutTools: ruleTools(rules.deny),
      outputSchema: schema,
      mcpServers: toolsets.mcpServers,
      notes: [
        ...shared,
        ...model.notes,
        ...fallbacks.flatMap(({ notes }) => notes),
        ...toolsets.notes,
      ],
    },
    fields,
  )
}

/** Returns a model by its name under `models`, or by `provider/model`. */
function dockerModel(given: string | undefined, models: JsonObject, names: ImportNames) {
  const defined = given !== undefined && Object.hasOwn(models, given) ? models[given] : undefined
  if (!isJsonObject(defined)) return { ...modelNamed(given, names), params: {} }
  const fields = new Fields(defined)
  const [provider, id] = [fields.text('provider'), fields.text('model')]
  const named = modelNamed(given, names)
  const modelId = named.modelId !== given ? named.modelId : undefined
  const budget = fields.value('thinking_budget')
  const params = {
    temperature: fields.number('temperature'),
    top_p: fields.number('top_p'),
    max_tokens: fields.count('max_tokens'),
    reasoning_effort: typeof budget === 'string' ? budget : undefined,
    thinking:
      typeof budget === 'number' && budget > 0
        ? { type: 'enabled', budget_tokens: budget }
        : undefined,
  }
  fields.without({ routing: 'the first model is used', base_url: 'set api_base in clientArgs' })
  const notes = fields.allNotes().map((note) => `of the model ${given}: ${note}`)
  return { modelId: modelId ?? (provider && id ? `${provider}/${id}` : undefined), params, notes }
}

/** The tools of each type of toolset; `null` marks those without a counterpart. */
const toolsetTools: Readonly<Record<string, readonly string[] | null>> = {
  filesystem: ['files/*'],
  fetch: ['web_fetch'],
  shell: null,
  script: null,
  think: null,
  todo: null,
  memory: null,
}

function dockerToolsets(value: unknown) {
  const tools: string[] = []
  const notes: string[] = []
  const servers: Record<string, unknown> = {}
  for (const toolset of Array.isArray(value) ? value.filter(isJsonObject) : []) {
    const type = String(toolset.type)
    const known = Object.hasOwn(toolsetTools, type) ? toolsetTools[type] : undefined
    if (known) tools.push(...known)
    else if (type === 'mcp') mcpToolset(toolset, { servers, tools, notes })
    else notes.push(`the toolset ${type} has no counterpart`)
  }
  const inline = inlineServers(servers)
  return { tools, mcpServers: inline.mcpServers, notes: [...notes, ...inline.notes] }
}

/** A server is defined by a command or an address, or named in a catalog (`ref: docker:name`). */
function mcpToolset(
  { args, command, env, ref, remote, tools: only }: JsonObject,
  into: { servers: Record<string, unknown>; tools: string[]; notes: string[] },
): void {
  const address = isJsonObject(remote) ? { url: remote.url, headers: remote.headers } : {}
  const name = typeof ref === 'string' ? ref.replace(/^.*:/, '') : serverName(command, address.url)
  const selected = Array.isArray(only) ? only.filter((tool) => typeof tool === 'string') : ['*']
  into.tools.push(...selected.map((tool) => `${name}/${tool}`))
  if (typeof ref === 'string')
    into.notes.push(`the MCP server ${ref} is of a catalog: define ${name} in mcpServers`)
  else {
    const definition = { command, args, env, ...address }
    const given = Object.entries(definition).filter(([, one]) => one !== undefined && one !== null)
    into.servers[name] = Object.fromEntries(given)
  }
}

function serverName(command: unknown, url: unknown): string {
  if (typeof url === 'string' && URL.canParse(url))
    return new URL(url).hostname.replaceAll('.', '-')
  return typeof command === 'string' ? (command.split(/[\\/]/).at(-1) ?? command) : 'server'
}

/** Rules name tools, perhaps with arguments after a colon. */
function ruleTools(rules: unknown): string[] {
  if (!Array.isArray(rules)) return []
  return rules.flatMap((rule) =>
    typeof rule === 'string' ? toolsOfRule(rule.split(':')[0] as string) : [],
  )
}

function toolsOfRule(tool: string): string[] {
  if (/^(write_file|edit_file)$/.test(tool)) return ['files/edit', 'files/write']
  return tool.includes('/') ? [tool] : []
}
