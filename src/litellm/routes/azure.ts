import { configurationError } from '../../agent/errors.js'
import {
  checkUrl,
  type Environment,
  findKey,
  findText,
  missingKey,
  queryOf,
  type RouteArgs,
  textArg,
} from './args.js'
import type { FoundRoute, Route, Traits } from './types.js'

const names = {
  azure: {
    base: ['AZURE_API_BASE'],
    key: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    token: ['AZURE_AD_TOKEN'],
  },
  azure_ai: { base: ['AZURE_AI_API_BASE'], key: ['AZURE_AI_API_KEY'], token: [] },
}

const traits: Traits = {
  modernMaxTokens: /(^|[-/.])(o\d|gpt-[5-9])/,
  noStop: /(^|[-/.])(o3|o4|gpt-[5-9])/,
  noSystemRole: /(^|[-/.])o1-(mini|preview)/,
}
/**
 * The traits of Azure AI Foundry, which serves models of all vendors and requires text content as a
 * string.
 */
const foundryTraits: Traits = { ...traits, stringContent: true }

/**
 * Returns the route of an Azure model. Azure serves the OpenAI chat wire by deployment and dated
 * version, or under an undated v1.
 */
export function azureRoute(
  provider: 'azure' | 'azure_ai',
  model: string,
  args: RouteArgs,
  env: Environment,
): FoundRoute {
  const variables = names[provider]
  const base = findText({ name: 'api_base', value: args.apiBase }, variables.base, env)
  if (!base)
    throw configurationError(
      `${provider}/ needs the address of your Azure resource.`,
      `Set ${variables.base.join(' or ')} or clientArgs.api_base, such as https://<resource>.openai.azure.com.`,
    )
  const key = findKey({ name: 'api_key', value: args.apiKey }, variables.key, env)
  const token = findKey(
    { name: 'azure_ad_token', value: textArg(args.all, 'azure_ad_token') },
    variables.token,
    env,
  )
  const credential = key ?? token
  const argument = textArg(args.all, 'api_version') ?? queryOf(base.value)?.['api-version']
  const version = argument ?? (env.AZURE_API_VERSION || undefined)
  const address = checkUrl(base.value)
  const claude = provider === 'azure_ai' && /claude/i.test(model)
  const own = provider === 'azure' || (isOpenai(model) && !isFoundry(address))
  const place = own
    ? endpoint(address, model, version ?? usualVersion)
    : claude
      ? { baseUrl: `${address.replace(/\/anthropic(\/.*)?$/, '')}/anthropic` }
      : // AZURE_API_VERSION applies only to the OpenAI endpoint, not to Foundry's own endpoint.
        foundry(address, argument)
  return {
    wire: claude ? 'anthropic-messages' : 'openai-chat',
    kind: 'direct',
    provider,
    model,
    id: `${provider}/${model}`,
    ...place,
    ...(!claude && {
      responses: responsesPlace(address, argument, version),
    }),
    baseSource: base.source,
    apiKey: credential?.value,
    keySource: credential?.source ?? null,
    ...(!credential && {
      missingKey: missingKey(`${provider}/${model}`, [...variables.key, ...variables.token]),
    }),
    auth: !key
      ? 'bearer'
      : claude
        ? 'x-api-key'
        : own || isAzureHost(address)
          ? 'api-key'
          : 'bearer',
    traits: own ? traits : foundryTraits,
  }
}

const usualVersion = '2025-02-01-preview'
const undatedVersions = /^(v1|latest|preview)$/

function endpoint(
  base: string,
  deployment: string,
  version: string,
): Pick<Route, 'baseUrl' | 'query'> {
  const query = { 'api-version': version }
  if (/\/openai(\/|$)/.test(new URL(base).pathname)) return { baseUrl: base, query }
  if (undatedVersions.test(version)) return { baseUrl: `${base}/openai/v1` }
  return { baseUrl: `${base}/openai/deployments/${encodeURIComponent(deployment)}`, query }
}

const firstWithResponses = '2025-03-01'

/**
 * Returns the address of Azure's Responses API. It is under the undated v1, unless
 * `clientArgs.api_version` is a date that supports the API. The request body contains the model.
 */
function responsesPlace(
  base: string,
  argument: string | undefined,
  version: string | undefined,
): Pick<Route, 'baseUrl' | 'query'> {
  const root = base.replace(/\/(openai|models)(\/.*)?$/, '')
  if (argument !== undefined && /^\d/.test(argument) && argument >= firstWithResponses)
    return { baseUrl: `${root}/openai`, query: { 'api-version': argument } }
  const undated = version !== undefined && undatedVersions.test(version) ? version : 'preview'
  return { baseUrl: `${root}/openai/v1`, query: { 'api-version': undated } }
}

/** Returns the address of Azure AI Foundry, which serves models of all vendors. */
function foundry(base: string, version: string | undefined): Pick<Route, 'baseUrl' | 'query'> {
  const query = version === undefined ? {} : { query: { 'api-version': version } }
  const isBare = isFoundry(base) && !/\/models(\/|$)/.test(new URL(base).pathname)
  return { baseUrl: isBare ? `${base}/models` : base, ...query }
}

function isOpenai(model: string): boolean {
  return /^(gpt-|chatgpt-|o\d(-|$))/.test(model)
}

function isFoundry(base: string): boolean {
  return new URL(base).hostname.endsWith('.services.ai.azure.com')
}

function isAzureHost(base: string): boolean {
  return isFoundry(base) || new URL(base).hostname.endsWith('.openai.azure.com')
}
