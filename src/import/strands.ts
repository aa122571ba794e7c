import { parseJsonObject } from '../util/json.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { ImportError, type ImportParser } from './imported-agent.js'
import { fileStem, modelNamed, toolsNamed } from './names.js'

/** Parses Strands' `agent_config.json`. */
export const strands: ImportParser = (file, names) => {
  const content = parseJsonObject(file.text)
  if (!content) throw new ImportError('it is not a JSON object')
  const fields = new Fields(content)
  const model = modelNamed(fields.text('model'), names, bedrockId)
  // Strands names tools by module, such as strands_tools.file_read, or by a Python file.
  const given = (fields.list('tools') ?? []).map((name) => name.replace(/^strands_tools\./, ''))
  const tools = toolsNamed(given, names)
  return [
    importedAgent(
      {
        name: fields.text('name') ?? fileStem(file.path),
        description: fields.text('description'),
        systemPrompt: fields.text('prompt') ?? fields.text('system_prompt'),
        modelId: model.modelId,
        tools: tools.tools,
        notes: [...model.notes, ...tools.notes],
      },
      fields,
    ),
  ]
}

/** Strands' default provider is Bedrock, whose ids start with a vendor or a region. */
function bedrockId(name: string): string {
  return name.includes('/') || !/^[a-z-]+\.[a-z]/.test(name) ? name : `bedrock/${name}`
}
