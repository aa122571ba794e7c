import { parse } from 'smol-toml'
import { isJsonObject, type JsonObject } from '../util/json.js'
import { editTools } from './claude-code.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { ImportError, type ImportParser } from './imported-agent.js'
import { fileStem, modelNamed } from './names.js'
import { inlineServers } from './servers.js'

/** Parses a Codex agent: TOML with `name`, `description` and `developer_instructions`. */
export const codex: ImportParser = (file, names) => {
  const fields = new Fields(parseToml(file.text), ['nickname_candidates'])
  const sandbox = fields.text('sandbox_mode')
  const model = modelNamed(fields.text('model'), names)
  const servers = inlineServers({ ...fields.object('mcp_servers') })
  fields.without({
    web_search: 'the provider searches only if its own parameters ask for it',
    skills: 'the agent has no skills here',
  })
  return [
    importedAgent(
      {
        name: fields.text('name') ?? fileStem(file.path),
        description: fields.text('description'),
        systemPrompt: fields.text('developer_instructions') ?? fields.text('instructions'),
        modelId: model.modelId,
        params: { reasoning_effort: fields.text('model_reasoning_effort') },
        readOnly: sandbox === 'read-only',
        approval: sandbox === 'danger-full-access' ? [] : editTools,
        mcpServers: servers.mcpServers,
        notes: [...model.notes, ...servers.notes],
      },
      fields,
    ),
  ]
}

function parseToml(text: string): JsonObject {
  let content: unknown
  try {
    content = JSON.parse(JSON.stringify(parse(text)))
  } catch {
    throw new ImportError('it is not valid TOML')
  }
  if (!isJsonObject(content)) throw new ImportError('it is not a table of TOML')
  return content
}
