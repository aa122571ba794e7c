import { readFileSync } from 'node:fs'
import { summary } from './server-json.js'

interface Tool {
  name: string
  description: string
}

const { name, version, keywords, license, engines } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)

/**
 * Lists the settings that a bundle asks its user for, with their environment variables. All are
 * optional.
 */
const fields = {
  proxy_address: {
    env: 'LITELLM_PROXY_API_BASE',
    type: 'string',
    title: 'LiteLLM Proxy: address',
    description: 'Such as http://127.0.0.1:4000. Empty: models are called at their providers.',
  },
  proxy_key: {
    env: 'LITELLM_PROXY_API_KEY',
    type: 'string',
    title: 'LiteLLM Proxy: key',
    description: 'The key of that proxy. It goes nowhere else.',
    sensitive: true,
  },
  model: {
    env: 'LITELLM_AGENTS_MODEL_ID',
    type: 'string',
    title: 'Model',
    description:
      'The model of calls that name none: litellm_proxy/<name> is one of your proxy, offline/demo a scripted one for a first look.',
  },
  config_file: {
    env: 'LITELLM_AGENTS_CONFIG',
    type: 'file',
    title: 'Configuration file',
    description:
      'An agents.yaml with agents, limits and keys of providers. Empty: the one in your configuration folder, if there is one.',
  },
} as const

/**
 * Returns the manifest of the MCP bundle. `tools` are those of a server without a configuration
 * file.
 */
export function mcpbManifest(tools: readonly Tool[]) {
  const entries = Object.entries(fields)
  return {
    manifest_version: '0.3',
    name,
    display_name: 'LiteLLM Agents',
    version,
    description: summary,
    long_description:
      'Hands a task to an agent on any model that LiteLLM reaches, with tools, memory, cached prompts and a cap on what it may cost, and gets an answer back. Extracts objects that hold to a JSON Schema. Each result says what it used and what it cost.',
    author: { name: `The ${name} authors` },
    icon: 'icon.png',
    server: {
      type: 'node',
      entry_point: 'dist/main.js',
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/dist/main.js`],
        env: Object.fromEntries(entries.map(([key, { env }]) => [env, `\${user_config.${key}}`])),
      },
    },
    tools: tools.map((tool) => ({ name: tool.name, description: firstSentence(tool.description) })),
    // Agents in the configuration file are also tools and prompts.
    tools_generated: true,
    prompts_generated: true,
    keywords,
    license,
    compatibility: {
      platforms: ['darwin', 'win32', 'linux'],
      runtimes: { node: engines.node },
    },
    user_config: Object.fromEntries(
      entries.map(([key, { env: _, ...field }]) => [key, { ...field, required: false }]),
    ),
  }
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.)\s/)[0] ?? text
}
