import { importedAgent } from './entry.js'
import { Fields } from './fields.js'
import { frontMatter, yamlFields } from './front-matter.js'
import { ImportError, type ImportParser } from './imported-agent.js'
import { agentTools, fileStem, modelNamed } from './names.js'

/** Parses a card of fast-agent: Markdown with front matter, or YAML with `instruction`. */
export const fastAgent: ImportParser = (file, names) => {
  const isYaml = /\.ya?ml$/i.test(file.path)
  const yaml = isYaml ? yamlFields(file.text) : undefined
  if (isYaml && !yaml) throw new ImportError('it is not valid YAML')
  const { fields: given, body } = yaml ? { fields: yaml, body: '' } : frontMatter(file.text)
  const fields = new Fields(given, ['schema_version', 'default', 'type'])
  const [id, query = ''] = (fields.text('model') ?? '').split('?')
  const model = modelNamed(id === '' ? undefined : id?.replace(/^(\w+)\./, '$1/'), names)
  const effort = new URLSearchParams(query).get('reasoning')
  const servers = fields.list('servers') ?? []
  const agents = fields.list('agents') ?? fields.list('subagents') ?? []
  const request = new Fields(fields.object('request_params') ?? {})
  const limits = {
    maxCycles: request.count('max_iterations'),
    params: {
      temperature: request.number('temperature'),
      max_tokens: request.count('maxTokens') ?? request.count('max_tokens'),
      reasoning_effort: effort ?? undefined,
    },
  }
  const unknown = Object.keys(request.rest())
  fields.without({
    use_history: 'a call continues a conversation if it has a sessionId',
    tool_input_schema: 'an agent takes a prompt',
    function_tools: 'they are Python code',
    skills: 'the agent has no skills here',
    shell: 'there is no tool for commands',
  })
  return [
    importedAgent(
      {
        name: fields.text('name') ?? fileStem(file.path),
        description: fields.text('description'),
        systemPrompt: fields.text('instruction') ?? body,
        modelId: model.modelId,
        ...limits,
        tools: [...servers.map((server) => `${server}/*`), ...agentTools(agents)],
        notes: [
          ...model.notes,
          ...(unknown.length > 0 ? [`of request_params, ${unknown.join(', ')} left out`] : []),
        ],
      },
      fields,
    ),
  ]
}
