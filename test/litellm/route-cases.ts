import { providers } from '../../src/litellm/routes/providers.js'

export interface RouteCase {
  model: string
  env: Record<string, string>
}

interface Variables {
  keyEnv: readonly string[]
  baseEnv: readonly string[]
  /** There is no usual address. */
  baseUrl?: string | null
}

/** The prefixes that are no entries of the table of OpenAI-compatible providers. */
const others: Record<string, Variables> = {
  anthropic: {
    keyEnv: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
    baseEnv: ['ANTHROPIC_API_BASE', 'ANTHROPIC_BASE_URL'],
  },
  bedrock: {
    keyEnv: ['AWS_BEARER_TOKEN_BEDROCK'],
    baseEnv: ['AWS_BEDROCK_RUNTIME_ENDPOINT'],
  },
  bedrock_mantle: {
    keyEnv: ['BEDROCK_MANTLE_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK'],
    baseEnv: ['BEDROCK_MANTLE_API_BASE'],
  },
  azure: {
    keyEnv: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    baseEnv: ['AZURE_API_BASE'],
    baseUrl: null,
  },
  azure_ai: { keyEnv: ['AZURE_AI_API_KEY'], baseEnv: ['AZURE_AI_API_BASE'], baseUrl: null },
  litellm_proxy: {
    keyEnv: ['LITELLM_PROXY_API_KEY'],
    baseEnv: ['LITELLM_PROXY_API_BASE'],
    baseUrl: null,
  },
}

const prefixes: Readonly<Record<string, Variables>> = { ...providers, ...others }

const always = {
  CLOUDFLARE_ACCOUNT_ID: 'account',
  AWS_REGION_NAME: 'eu-west-3',
  AWS_EC2_METADATA_DISABLED: 'true',
}

/** Where LiteLLM has to know the model to place it. */
const examples: Record<string, string> = {
  ai21: 'jamba-large-1.7',
  bedrock: 'us.amazon.nova-lite-v1:0',
}

/** Every variable of every prefix alone and, where there are several, all at once. */
export const prefixCases: readonly RouteCase[] = Object.entries(prefixes).flatMap(
  ([prefix, { keyEnv, baseEnv, baseUrl }]) => {
    const [key] = keyEnv
    const [base] = baseEnv
    const needed = baseUrl === null && base ? [base] : []
    return [
      ...oneAndAll(keyEnv).map((names) => [...needed, ...names]),
      ...oneAndAll(baseEnv).map((names) => (key ? [...names, key] : names)),
    ].map((names) => ({
      model: `${prefix}/${examples[prefix] ?? 'm-x'}`,
      env: { ...always, ...valued(names) },
    }))
  },
)

function oneAndAll(names: readonly string[]): string[][] {
  return [...names.map((name) => [name]), ...(names.length > 1 ? [[...names]] : [])]
}

/** Values that tell which variable they came from. */
function valued(names: readonly string[]): Record<string, string> {
  const host = (name: string) => `https://${name.toLowerCase().replaceAll('_', '-')}.test/v1`
  const isBase = (name: string) => /BASE(_URL)?$|ENDPOINT$/.test(name)
  return Object.fromEntries(names.map((name) => [name, isBase(name) ? host(name) : `of-${name}`]))
}

const keys = valued(
  Object.values(prefixes).flatMap(({ keyEnv }) =>
    keyEnv.filter((name) => !/TOKEN$|^GOOGLE_API_KEY$/.test(name)),
  ),
)

/** Where the ids of everyday go, with every key at hand. */
export const idCases: readonly RouteCase[] = [
  'gpt-4o',
  'gpt-4o-mini-2024-07-18',
  'gpt-4.1-nano',
  'gpt-5',
  'gpt-5-codex',
  'gpt-5.6',
  'gpt-5.6-luna',
  'gpt-6-astra',
  'gpt-3.5-turbo-0125',
  'gpt-9-from-the-future',
  'chatgpt-4o-latest',
  'chat-latest',
  'codex-mini-latest',
  'computer-use-preview',
  'o1',
  'o3-mini',
  'o4-mini-2025-04-16',
  'o9-mini',
  'ft:gpt-4o-2024-08-06:org::id',
  'ft:gpt-3.5-turbo:my-org:custom_suffix:id',
  'ft:gpt-4.1-mini-2025-04-14:org::id',
  'ft:davinci-002:org::id',
  'gpt-3.5-turbo-instruct',
  'davinci-002',
  'openai/gpt-4o',
  'openai/o3-mini',
  'openai/some/model/with/slashes',
  'claude-sonnet-4-6',
  'claude-opus-5',
  'claude-haiku-4-5-20251001',
  'claude-3-7-sonnet-20250219',
  'claude-newfamily-7-1',
  'claude-3-5-sonnet-latest',
  'claude-2',
  'claude-my-alias',
  'anthropic/claude-sonnet-4-6',
  'anthropic/claude-2.1',
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'eu.anthropic.claude-haiku-4-5-20251001-v1:0',
  'jp.anthropic.claude-opus-5',
  'global.anthropic.claude-opus-4-6-v1',
  'us-gov.anthropic.claude-sonnet-5',
  'ca.anthropic.claude-sonnet-4-6',
  'anthropic.claude-newfamily-7',
  'amazon.nova-lite-v1:0',
  'us.amazon.nova-pro-v1:0',
  'us.amazon.nova-premier-v1:0',
  'amazon.titan-text-lite-v1',
  'amazon.nova-9-future-v1:0',
  'meta.llama3-3-70b-instruct-v1:0',
  'us.deepseek.r1-v1:0',
  'openai.gpt-oss-120b-1:0',
  'global.openai.gpt-5.6-sol',
  'us.xai.grok-4.6',
  'us.writer.palmyra-x5-v1:0',
  'qwen.qwen3-32b-v1:0',
  'zai.glm-5',
  'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'bedrock/converse/us.amazon.nova-lite-v1:0',
  'bedrock/eu-central-1/amazon.nova-pro-v1:0',
  'bedrock/arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
  'bedrock_mantle/openai.gpt-oss-120b',
  'gemini-2.5-pro',
  'gemini/gemini-2.5-pro',
  'deepseek-chat',
  'deepseek/deepseek-chat',
  'mistral-large-latest',
  'mistral/mistral-large-latest',
  'grok-4',
  'xai/grok-4',
  'llama3',
  'command-r',
  'cohere/command-a-03-2025',
  'ai21/jamba-large-1.7',
  'groq/openai/gpt-oss-120b',
  'openrouter/anthropic/claude-sonnet-4',
  'openrouter/auto',
  'together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo',
  'fireworks_ai/accounts/fireworks/models/gpt-oss-120b',
  'perplexity/sonar-pro',
  'vercel_ai_gateway/anthropic/claude-sonnet-4',
  'ollama/llama3.2:3b',
  'hosted_vllm/org/model',
  'azure/gpt-4o',
  'azure/mistral-large-latest',
  'azure_ai/gpt-4o',
  'litellm_proxy/anything/at-all',
  'vertex_ai/gemini-2.5-pro',
  'watsonx/ibm/granite-3-8b-instruct',
  'sagemaker/endpoint',
  'replicate/meta/llama',
  'text-embedding-3-small',
  'no-such-model',
  'no_such_provider/model',
  '',
].map((model) => ({ model, env: { ...always, ...keys, ...basesFor(model) } }))

function basesFor(model: string): Record<string, string> {
  const [prefix = ''] = model.split('/')
  const [base] = prefixes[prefix]?.baseUrl === null ? (prefixes[prefix]?.baseEnv ?? []) : []
  return base ? valued([base]) : {}
}

/** Azure's forms of address, by host, version and model. */
export const azureCases: readonly RouteCase[] = [
  ...['', '2024-10-21', 'v1', 'preview', 'latest'].map((version) => ({
    model: 'azure/gpt-4o',
    env: {
      AZURE_API_KEY: 'of-AZURE_API_KEY',
      AZURE_API_BASE: 'https://r.openai.azure.com',
      ...(version && { AZURE_API_VERSION: version }),
    },
  })),
  ...[
    'https://r.services.ai.azure.com',
    'https://r.services.ai.azure.com/models',
    'https://r.openai.azure.com',
    'https://r.models.ai.azure.com',
    'https://r.eastus.inference.ml.azure.com/v1',
  ].flatMap((AZURE_AI_API_BASE) =>
    ['gpt-5', 'Mistral-Large-2411', 'claude-opus-4-7'].map((model) => ({
      model: `azure_ai/${model}`,
      env: { AZURE_AI_API_KEY: 'of-AZURE_AI_API_KEY', AZURE_AI_API_BASE },
    })),
  ),
]

/** Everything goes through the proxy, whatever it is called. */
export const proxyCases: readonly RouteCase[] = [
  'gpt-4o',
  'anthropic/claude-sonnet-4-6',
  'litellm_proxy/my-alias',
  'vertex_ai/gemini-2.5-pro',
  'no-such-model',
].map((model) => ({
  model,
  env: {
    ...keys,
    USE_LITELLM_PROXY: 'true',
    ...valued(['LITELLM_PROXY_API_BASE', 'LITELLM_PROXY_API_KEY']),
  },
}))

export const bareNameEnv: Record<string, string> = { ...always, ...keys }
