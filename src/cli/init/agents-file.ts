import { providers } from '../../litellm/routes/providers.js'

type Environment = Readonly<Record<string, string | undefined>>

const schema = 'https://unpkg.com/litellm-agents-mcp/schema/agents.schema.json'

/** Pure. A configuration to begin with, which editors complete and check. */
export function agentsFile(modelId: string): string {
  return `# yaml-language-server: $schema=${schema}
# Keys stay in the environment, by LiteLLM's names, such as OPENAI_API_KEY.

defaults:
  # Any model id of LiteLLM; litellm_proxy/<name> is a model of your LiteLLM Proxy.
  modelId: ${JSON.stringify(modelId)}

# Agents are called by name, from run_agent or with run --agent.
agents:
  assistant:
    description: Answers questions, with a calculator and the time at hand
    tools: [calculator, current_time]
`
}

/** Pure. The model of the first key at hand; without one, the one that needs none. */
export function likelyModel(env: Environment): string {
  if (env.ANTHROPIC_API_KEY) return 'anthropic/claude-sonnet-4-6'
  if (env.OPENAI_API_KEY) return 'openai/gpt-4o-mini'
  return 'offline/demo'
}

/** Pure. What a model needs of the environment, by name. */
export function variablesOf(modelId: string): string[] {
  const [prefix = ''] = modelId.split('/')
  if (prefix === 'litellm_proxy') return ['LITELLM_PROXY_API_BASE', 'LITELLM_PROXY_API_KEY']
  if (prefix === 'anthropic' || modelId.startsWith('claude-')) return ['ANTHROPIC_API_KEY']
  if (prefix === 'azure') return ['AZURE_API_BASE', 'AZURE_API_KEY']
  const entry = Object.hasOwn(providers, prefix) ? providers[prefix] : undefined
  const [key] = entry && !entry.keyOptional ? [entry.keyEnv ?? []].flat() : []
  return key === undefined ? [] : [key]
}
