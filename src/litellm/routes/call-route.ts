import { isJsonObject, type JsonObject } from '../../util/json.js'
import type { ModelInfo } from '../models/model-info.js'
import type { Route } from './types.js'

/** Holds the properties of a call that determine the API it uses. */
export interface CallTraits {
  hasTools: boolean
  /** The parameters of the request body. */
  body: Readonly<JsonObject>
}

type Change = 'responses' | 'openaiPath'

const changed = new WeakMap<Route, Partial<Record<Change, Route>>>()

/**
 * Returns the route of a call. It is the Responses API for models without another API and for calls
 * that LiteLLM sends there. The same route object is returned each time, because endpoints are
 * cached by route. Pure except for this cache.
 */
export function callRoute(route: Route, call: CallTraits, info: ModelInfo | undefined): Route {
  const placed = info?.openaiPath === true ? changedRoute(route, 'openaiPath') : route
  if (placed.kind !== 'direct' || placed.wire !== 'openai-chat' || !placed.responses) return placed
  return info?.mode === 'responses' || needsResponses(placed, call, info)
    ? changedRoute(placed, 'responses')
    : placed
}

/** Returns the same route over the Responses API. */
export function responsesRoute<R extends Route>(route: R): R {
  return { ...route, ...route.responses, wire: 'openai-responses' }
}

function changedRoute(route: Route, change: Change): Route {
  const kept = changed.get(route) ?? {}
  changed.set(route, kept)
  kept[change] ??= change === 'responses' ? responsesRoute(route) : onOpenAiPath(route)
  return kept[change]
}

/**
 * Returns the route with the `/openai/v1` path, which some models on Bedrock's newer endpoint
 * require.
 */
function onOpenAiPath(route: Route): Route {
  if (route.provider !== 'bedrock_mantle') return route
  const baseUrl = route.baseUrl.replace(/(\/openai)?\/v1$/, '/openai/v1')
  return { ...route, baseUrl, ...(route.responses && { responses: { baseUrl } }) }
}

/**
 * Returns whether a call requires the Responses API. From GPT 5.4 on, the chat completions of
 * OpenAI and Azure refuse function tools while the model reasons. The model reasons if no effort is
 * set. Other servers with these model names may not apply this rule.
 */
function needsResponses(
  { provider, model, baseUrl }: Route,
  { hasTools, body }: CallTraits,
  info: ModelInfo | undefined,
): boolean {
  if (provider === 'xai') return isJsonObject(body.web_search_options)
  if (provider !== 'openai' && provider !== 'azure') return false
  if (info?.supports.reasoning === false || /search/.test(model)) return false
  const version = gptVersion(model)
  if (version === undefined) return false
  const { effort, summary } = reasoningOf(body)
  if (summary !== undefined && body.reasoning_effort !== undefined && version >= 5)
    if (body.reasoning_summary !== undefined || body.reasoningSummary !== undefined) return true
  if (!hasTools || version < 5.04) return false
  if (effort === 'none' && summary === undefined) return false
  return effort !== undefined || provider === 'azure' || isOpenAiHost(baseUrl)
}

/**
 * Returns the version of a GPT model as a number. Version 5.4 is 5.04, so that 5.10 is greater than
 * 5.9.
 */
function gptVersion(model: string): number | undefined {
  const [, major, minor = '0'] =
    /(?:^|[-/.:])gpt-(\d{1,2})(?:\.(\d+))?(?![\d.o])(?!-turbo)/.exec(model) ?? []
  return major === undefined ? undefined : Number(major) + Number(minor) / 100
}

function reasoningOf({
  reasoning_effort,
  reasoning_summary,
  reasoningSummary = reasoning_summary,
  reasoning,
}: Readonly<JsonObject>) {
  const given = [reasoning_effort, reasoning].filter(isJsonObject)
  const efforts = [
    typeof reasoning_effort === 'string' ? reasoning_effort : undefined,
    ...given.map(({ effort }) => effort),
  ]
  const summaries = [reasoningSummary, ...given.map(({ summary }) => summary)]
  const present = (value: unknown) => value !== undefined && value !== null
  return { effort: efforts.find(present), summary: summaries.find(present) }
}

/** Returns whether the host belongs to OpenAI, including regional hosts and private links. */
export function isOpenAiHost(baseUrl: string): boolean {
  return /(^|\.)api\.openai\.com$/.test(new URL(baseUrl).hostname)
}
