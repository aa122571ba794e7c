import { configurationError } from '../../agent/errors.js'
import type { Route, Traits } from '../route.js'
import {
  checkUrl,
  type Environment,
  findText,
  missingKey,
  type RouteArgs,
  textArg,
} from './args.js'

const names = {
  azure: { base: ['AZURE_API_BASE'], key: ['AZURE_API_KEY'], token: ['AZURE_AD_TOKEN'] },
  azure_ai: { base: ['AZURE_AI_API_BASE'], key: ['AZURE_AI_API_KEY'], token: [] },
}

const traits: Traits = { modernMaxTokens: /(^|[-/.])(o\d|gpt-5)/ }

/** Azure's form of the OpenAI chat wire: by deployment and dated version, or its undated v1. */
export function azureRoute(
  provider: 'azure' | 'azure_ai',
  model: string,
  args: RouteArgs,
  env: Environment,
): Route {
  const variables = names[provider]
  const base = findText({ name: 'api_base', value: args.apiBase }, variables.base, env)
  if (!base)
    throw configurationError(
      `${provider}/ needs the address of your Azure resource.`,
      `Set ${variables.base.join(' or ')} or clientArgs.api_base, such as https://<resource>.openai.azure.com.`,
    )
  const key = findText({ name: 'api_key', value: args.apiKey }, variables.key, env)
  const token = findText(
    { name: 'azure_ad_token', value: textArg(args.all, 'azure_ad_token') },
    variables.token,
    env,
  )
  const credential = key ?? token
  if (!credential) throw missingKey(`${provider}/${model}`, [...variables.key, ...variables.token])
  const version = textArg(args.all, 'api_version') ?? (env.AZURE_API_VERSION || undefined)
  return {
    wire: 'openai-chat',
    kind: 'direct',
    provider,
    model,
    id: `${provider}/${model}`,
    ...endpoint(provider, checkUrl(base.value), model, version),
    baseSource: base.source,
    apiKey: credential.value,
    keySource: credential.source,
    auth: key ? 'api-key' : 'bearer',
    traits,
  }
}

const undatedVersions = /^(v1|latest|preview)$/

function endpoint(
  provider: string,
  base: string,
  deployment: string,
  version: string | undefined,
): Pick<Route, 'baseUrl' | 'query'> {
  const query = version === undefined ? {} : { query: { 'api-version': version } }
  if (/\/(openai|models)(\/|$)/.test(new URL(base).pathname)) return { baseUrl: base, ...query }
  if (provider === 'azure' && version !== undefined && !undatedVersions.test(version))
    return { baseUrl: `${base}/openai/deployments/${encodeURIComponent(deployment)}`, ...query }
  return { baseUrl: `${base}/openai/v1`, ...(version === 'preview' ? query : {}) }
}
