import { isJsonObject, type JsonObject, parseJsonObject } from '../util/json.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { frontMatter, yamlFields } from './front-matter.js'
import {
  ImportError,
  type ImportedAgent,
  type ImportNames,
  type ImportParser,
} from './imported-agent.js'
import { fileStem, modelNamed, toolsNamed } from './names.js'
import { inlineServers } from './servers.js'

/** Parses an opencode agent: Markdown, or the agents in `opencode.json`. */
export const opencode: ImportParser = (file, names) => {
  if (/\.jsonc?$/i.test(file.path)) return configAgents(file.text, names)
  const { fields, body } = frontMatter(file.text)
  return [openAgent(fileStem(file.path), fields, body, names, {})]
}

function configAgents(text: string, names: ImportNames): ImportedAgent[] {
  // YAML reads JSON with trailing commas, which opencode's own files have.
  const config = parseJsonObject(text) ?? yamlFields(text)
  if (!config) throw new ImportError('it is not valid JSON')
  const servers = isJsonObject(config.mcp) ? config.mcp : {}
  const agents = isJsonObject(config.agent) ? config.agent : {}
  return Object.entries(agents).flatMap(([name, fields]) =>
    isJsonObject(fields) ? [openAgent(name, fields, '', names, servers)] : [],
  )
}

function openAgent(
  name: string,
  given: JsonObject,
  body: string,
  names: ImportNames,
  shared: JsonObject,
): ImportedAgent {
  const fields = new Fields(given, ['mode', 'hidden', 'color'])
  const prompt = fields.text('prompt')
  const [, promptFile] = /^\{file:(.+)\}$/.exec(prompt ?? '') ?? []
  const model = modelNamed(fields.text('model'), names)
  const switches = fields.object('tools') ?? {}
  const on = toolsNamed(switchedTo(true, switches), names)
  const off = toolsNamed(switchedTo(false, switches), names)
  const permission = permissions(fields.value('permission'), names)
  const servers = inlineServers(shared)
  const isDisabled = fields.value('disable') === true
  return importedAgent(
    {
      name: fields.text('name') ?? name,
      description: fields.text('description'),
      systemPrompt: promptFile === undefined ? (prompt ?? body) : undefined,
      promptFile,
      modelId: model.modelId,
      params: {
        temperature: fields.number('temperature'),
        top_p: fields.number('top_p'),
        reasoning_effort: fields.text('reasoningEffort'),
      },
      maxCycles: fields.count('maxSteps') ?? fields.count('steps'),
      // A tool that is not mentioned is on, unless the wildcard turns all others off.
      tools: switches['*'] === false ? on.tools : undefined,
      withoutTools: [...off.tools, ...permission.denied],
      approval: permission.asked,
      mcpServers: servers.mcpServers,
      notes: [
        ...(isDisabled ? ['the agent is disabled in the other program'] : []),
        ...model.notes,
        ...on.notes,
        ...permission.notes,
        ...servers.notes,
      ],
    },
    fields,
  )
}

function switchedTo(state: boolean, switches: JsonObject): string[] {
  return Object.entries(switches).flatMap(([name, on]) =>
    on === state && name !== '*' ? [name] : [],
  )
}

interface Permissions {
  asked: string[]
  denied: string[]
  notes: string[]
}

/** Reads `allow`, `ask` and `deny` by tool. Of several patterns of a tool, the strictest applies. */
function permissions(value: unknown, names: ImportNames): Permissions {
  const result: Permissions = { asked: [], denied: [], notes: [] }
  const rules = typeof value === 'string' ? { edit: value } : isJsonObject(value) ? value : {}
  for (const [name, rule] of Object.entries(rules)) {
    const actions = isJsonObject(rule) ? Object.values(rule) : [rule]
    const { tools } = toolsNamed([name], names)
    if (tools.length === 0) result.notes.push(`the permission of ${name} is for no tool here`)
    else if (actions.every((action) => action === 'deny')) result.denied.push(...tools)
    else if (actions.some((action) => action !== 'allow')) result.asked.push(...tools)
  }
  return result
}
