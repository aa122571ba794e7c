import { isJsonObject } from '../util/json.js'
import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { frontMatter } from './front-matter.js'
import { ImportError, type ImportParser } from './imported-agent.js'
import { fileStem, modelNamed, toolsNamed } from './names.js'
import { inlineServers } from './servers.js'

/** The tools that change files, which ask first in every mode that does not accept edits. */
export const editTools = ['files/edit', 'files/write']

/** Parses a Claude Code agent: Markdown whose front matter has `name` and `description`. */
export const claudeCode: ImportParser = (file, names) => {
  const { fields: given, body } = frontMatter(file.text)
  if (Object.keys(given).length === 0)
    throw new ImportError('it has no front matter, so it is not an agent')
  const fields = new Fields(given, ['color'])
  const mode = fields.text('permissionMode') ?? 'default'
  const listed = fields.list('tools')
  const tools = listed && toolsNamed(listed, names)
  const disallowed = toolsNamed(fields.list('disallowedTools') ?? [], names)
  const servers = inlineServers(serversOf(fields.value('mcpServers')))
  const model = modelNamed(fields.text('model'), names)
  fields.without({
    skills: 'the agent has no skills here',
    hooks: 'it names commands to run',
    memory: 'use sessions',
    background: 'every run can go on in the background',
    isolation: 'the agent has no working copy of its own',
    initialPrompt: 'each call has its own prompt',
  })
  return [
    importedAgent(
      {
        name: fields.text('name') ?? fileStem(file.path),
        description: fields.text('description'),
        systemPrompt: body,
        modelId: model.modelId,
        params: { reasoning_effort: fields.text('effort') },
        maxCycles: fields.count('maxTurns'),
        tools: tools?.tools,
        withoutTools: disallowed.tools,
        readOnly: mode === 'plan',
        approval: mode === 'default' ? editTools : [],
        mcpServers: servers.mcpServers,
        notes: [...model.notes, ...(tools?.notes ?? []), ...servers.notes],
      },
      fields,
    ),
  ]
}

/** A list whose items are names of servers that are configured elsewhere, or definitions by name. */
function serversOf(value: unknown): Record<string, unknown> {
  if (isJsonObject(value)) return { ...value }
  if (!Array.isArray(value)) return {}
  return Object.assign({}, ...value.filter(isJsonObject))
}
