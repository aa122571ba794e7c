import {
  checkUrl,
  type Environment,
  findKey,
  findText,
  missingKey,
  queryOf,
  type RouteArgs,
} from './args.js'
import { openaiCompatibleRoute } from './openai-compatible.js'
import { providers } from './providers.js'
import type { FoundRoute, Traits } from './types.js'

const host = 'https://generativelanguage.googleapis.com'
const baseVariables = ['GEMINI_API_BASE']
const keyVariables = ['GOOGLE_API_KEY', 'GEMINI_API_KEY', 'PALM_API_KEY']

/** How Google's models differ from others on every route that leads to Google. */
export const googleTraits: Traits = { toolSchemas: 'google' }

/** Matches base URLs of servers that offer Google's models over OpenAI chat completions. */
const openaiBase = /\/(openai|v1)\/*(chat\/completions\/*)?$/

/**
 * Returns the route of a Gemini model at Google AI Studio. It uses Google's own wire, because the
 * OpenAI-compatible endpoint takes no cache points. Servers at a base URL that ends in `/openai` or
 * `/v1` are called over OpenAI chat completions.
 */
export function geminiRoute(model: string, args: RouteArgs, env: Environment): FoundRoute {
  const base = findText({ name: 'api_base', value: args.apiBase }, baseVariables, env)
  const entry = providers.gemini
  const [address = ''] = base?.value.split(/[?#]/, 1) ?? []
  if (entry && openaiBase.test(address))
    return openaiCompatibleRoute('gemini', entry, model, args, env)
  const key = findKey({ name: 'api_key', value: args.apiKey }, keyVariables, env)
  const query = base && queryOf(base.value)
  return {
    wire: 'google-generate-content',
    kind: 'direct',
    provider: 'gemini',
    model,
    id: `gemini/${model}`,
    baseUrl: base ? withVersion(checkUrl(base.value), model) : `${host}/${versionOf(model)}`,
    baseSource: base?.source ?? 'default',
    apiKey: key?.value,
    keySource: key?.source ?? null,
    ...(!key && { missingKey: missingKey(`gemini/${model}`, keyVariables) }),
    ...(query && { query }),
    auth: 'x-goog-api-key',
    traits: googleTraits,
  }
}

/** Returns the version of the API, as LiteLLM chooses it. */
function versionOf(model: string): string {
  return isGemini3(model) ? 'v1alpha' : 'v1beta'
}

/** Returns whether the model is a Gemini 3 or newer. These models take thinking levels. */
export function isGemini3(model: string): boolean {
  return /gemini-(?:[3-9]|\d\d)/.test(model)
}

/** Google's own host has its models under a version only. Other servers are called as given. */
function withVersion(base: string, model: string): string {
  const { host: name, pathname } = new URL(base)
  return name.endsWith('googleapis.com') && pathname === '/' ? `${base}/${versionOf(model)}` : base
}
