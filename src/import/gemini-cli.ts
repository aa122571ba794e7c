import { editTools } from './claude-code.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { frontMatter } from './front-matter.js'
import { ImportError, type ImportParser } from './imported-agent.js'
import { fileStem, modelNamed, toolsNamed } from './names.js'
import { inlineServers } from './servers.js'

/** Parses a Gemini CLI agent: Markdown whose front matter has `name` and `description`. */
export const geminiCli: ImportParser = (file, names) => {
  const { fields: given, body } = frontMatter(file.text)
  const fields = new Fields(given, ['display_name'])
  if (fields.text('kind') === 'remote')
    throw new ImportError('it is a remote agent (A2A), which cannot be imported')
  const listed = fields.list('tools')
  const all = listed?.includes('*') ?? false
  const tools = listed && toolsNamed(listed.map(toolName), names)
  const model = modelNamed(fields.text('model'), names, (name) =>
    name.includes('/') ? name : `gemini/${name}`,
  )
  const servers = inlineServers({
    ...(fields.object('mcpServers') ?? fields.object('mcp_servers')),
  })
  const minutes = fields.number('timeout_mins')
  return [
    importedAgent(
      {
        name: fields.text('name') ?? fileStem(file.path),
        description: fields.text('description'),
        systemPrompt: body,
        modelId: model.modelId,
        params: { temperature: fields.number('temperature') },
        maxCycles: fields.count('max_turns'),
        timeoutSeconds: minutes === undefined ? undefined : minutes * 60,
        tools: all ? undefined : tools?.tools,
        approval: editTools,
        mcpServers: servers.mcpServers,
        notes: [...model.notes, ...(all ? [] : (tools?.notes ?? [])), ...servers.notes],
      },
      fields,
    ),
  ]
}

/** `mcp_*` are the tools of all servers, `mcp_server_tool` is one of them. */
function toolName(name: string): string {
  if (name === 'mcp_*') return '*/*'
  const [, server, tool] = /^mcp_([^_]+)_(.+)$/.exec(name) ?? []
  return server === undefined ? name : `${server}/${tool}`
}
