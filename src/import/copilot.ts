import { editTools } from './claude-code.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { frontMatter } from './front-matter.js'
import type { ImportNames, ImportParser } from './imported-agent.js'
import { agentTools, fileStem, modelNamed, toolsNamed } from './names.js'
import { inlineServers } from './servers.js'

/** Names of groups of tools that are other tools than those of the same name elsewhere. */
const groups: Readonly<Record<string, string>> = {
  search: 'search',
  codebase: 'search',
  usages: 'grep',
}

/** Parses a custom agent of GitHub Copilot or VS Code: Markdown, often named `*.agent.md`. */
export const copilot: ImportParser = (file, names) => {
  const { fields: given, body } = frontMatter(file.text)
  const fields = new Fields(given, [
    'argument-hint',
    'user-invocable',
    'target',
    'metadata',
    'icon',
  ])
  const listed = fields.list('tools')
  const all = listed?.includes('*') ?? false
  const agents = (fields.list('agents') ?? []).filter((agent) => agent !== '*')
  const tools =
    listed && toolsNamed(listed.filter((tool) => !isAgentTool(tool)).map(toolName), names)
  const models = (fields.list('model') ?? []).map((name) => modelNamed(name, names))
  const [first, ...others] = models.flatMap(({ modelId }) => modelId ?? [])
  const servers = inlineServers({ ...fields.object('mcp-servers') })
  fields.without({
    handoffs: 'a run ends with its answer',
    'disable-model-invocation': 'set exposeAs in an agent of your own instead',
    infer: 'set exposeAs in an agent of your own instead',
  })
  return [
    importedAgent(
      {
        name: fields.text('name') ?? fileStem(file.path),
        description: fields.text('description'),
        systemPrompt: body,
        modelId: first ?? defaultModel(names),
        fallbacks: others,
        tools: tools && !all ? [...tools.tools, ...agentTools(agents)] : undefined,
        approval: editTools,
        mcpServers: servers.mcpServers,
        notes: [...models.flatMap(({ notes }) => notes), ...(tools?.notes ?? []), ...servers.notes],
      },
      fields,
    ),
  ]
}

function isAgentTool(name: string): boolean {
  return name === '*' || name.toLowerCase() === 'agent' || name === 'runSubagent'
}

function toolName(name: string): string {
  return groups[name] ?? name
}

function defaultModel(names: ImportNames): string | undefined {
  return modelNamed(undefined, names).modelId
}
