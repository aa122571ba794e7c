import { configFile } from '../test/helpers/config-file.js'
import { connectStdio } from '../test/helpers/connect.js'
import type { JsonObject } from '../test/helpers/fake-provider/index.js'
import { markdownTable } from './generated.js'

/**
 * Configures an agent that affects the list in every way: it has its own tool, and calls that need
 * approval.
 */
const config = {
  agents: {
    name: {
      description: 'An agent',
      tools: ['calculator'],
      approval: ['calculator'],
      exposeAs: 'tool',
    },
  },
}

/** Describes when a tool is listed, for tools that are not always listed. */
const conditions: Record<string, string> = {
  agent_name: 'One for each agent with `exposeAs: tool`.',
  answer_approval: 'Where agents have tools that need approval.',
}

/** Returns the README's table of tools, as the built program lists them. */
export async function toolsText(): Promise<string> {
  const client = await connectStdio('2026', {}, ['--config', configFile(config)])
  try {
    const { tools } = await client.request('tools/list')
    return markdownTable([['tool', 'what it does', 'arguments', 'read-only'], ...tools.map(row)])
  } finally {
    await client.close()
  }
}

function row({ name, description, inputSchema, annotations }: JsonObject): string[] {
  const required: string[] = inputSchema.required ?? []
  const names = Object.keys(inputSchema.properties ?? {})
  const args = names.map((arg) => (required.includes(arg) ? `**\`${arg}\`**` : `\`${arg}\``))
  const does = name === 'agent_name' ? '' : `${description.split(/(?<=\.)\s/)[0]} `
  return [
    `\`${name === 'agent_name' ? 'agent_<name>' : name}\``,
    `${does}${conditions[name] ?? ''}`.trim(),
    args.join(', '),
    annotations.readOnlyHint ? 'yes' : 'no',
  ]
}
