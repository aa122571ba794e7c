import { providers } from '../../litellm/routes/providers.js'

type Environment = Readonly<Record<string, string | undefined>>

const schema = 'https://unpkg.com/litellm-agents-mcp/schema/agents.schema.json'

/** Returns a first configuration file, which editors complete and validate. Pure. */
export function agentsFile(modelId: string): string {
  return `# yaml-language-server: $schema=${schema}
# Keys stay in the environment, under LiteLLM's names, such as OPENAI_API_KEY.

defaults:
  # Any model id of LiteLLM. litellm_proxy/<name> is a model of your LiteLLM Proxy.
  modelId: ${JSON.stringify(modelId)}

# Agents are called by name: by the tool run_agent, or with run --agent.
agents:
  assistant:
    description: Answers questions, with a calculator and the current time
    tools: [calculator, current_time]
`
}

/** The scripted model inside the package, which needs no key. */
export const offlineModel = 'offline/demo'

/** Returns a model for the first key that is set, or the offline model if there is none. Pure. */
export function likelyModel(env: Environment): string {
  if (env.ANTHROPIC_API_KEY) return 'anthropic/claude-sonnet-4-6'
  if (env.OPENAI_API_KEY) return 'openai/gpt-4o-mini'
  if (env.GEMINI_API_KEY || env.GOOGLE_API_KEY) return 'gemini/gemini-2.5-flash'
  return offlineModel
}

/** Returns the names of the environment variables that a model needs. Pure. */
export function variablesOf(modelId: string): string[] {
  const [prefix = ''] = modelId.split('/')
  if (prefix === 'litellm_proxy') return ['LITELLM_PROXY_API_BASE', 'LITELLM_PROXY_API_KEY']
  if (prefix === 'anthropic' || modelId.startsWith('claude-')) return ['ANTHROPIC_API_KEY']
  if (prefix === 'azure') return ['AZURE_API_BASE', 'AZURE_API_KEY']
  const entry = Object.hasOwn(providers, prefix) ? providers[prefix] : undefined
  const [key] = entry && !entry.keyOptional ? [entry.keyEnv ?? []].flat() : []
  return key === undefined ? [] : [key]
}
