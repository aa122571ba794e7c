import {
  checkUrl,
  type Environment,
  findKey,
  findText,
  missingKey,
  type RouteArgs,
} from './args.js'
import type { FoundRoute } from './types.js'

const usualBase = 'https://api.anthropic.com'
const keyVariables = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN']

/**
 * Returns the base URL without the paths of the Messages API, which the configured URL may already
 * contain.
 */
export function messagesBase(baseUrl: string): string {
  return baseUrl.replace(/\/v1(\/messages)?$/, '')
}

/**
 * Returns the route of a Claude model at Anthropic. It uses the Messages wire, because Anthropic's
 * OpenAI-compatible endpoint ignores cache points.
 */
export function anthropicRoute(model: string, args: RouteArgs, env: Environment): FoundRoute {
  const variables = ['ANTHROPIC_API_BASE', 'ANTHROPIC_BASE_URL']
  const base = findText({ name: 'api_base', value: args.apiBase }, variables, env)
  const key = findKey({ name: 'api_key', value: args.apiKey }, keyVariables, env)
  return {
    wire: 'anthropic-messages',
    kind: 'direct',
    provider: 'anthropic',
    model,
    id: `anthropic/${model}`,
    baseUrl: checkUrl(base?.value ?? usualBase),
    baseSource: base?.source ?? 'default',
    apiKey: key?.value,
    keySource: key?.source ?? null,
    ...(!key && { missingKey: missingKey(`anthropic/${model}`, keyVariables) }),
    auth: key?.source === 'ANTHROPIC_AUTH_TOKEN' ? 'bearer' : 'x-api-key',
    traits: {},
  }
}
