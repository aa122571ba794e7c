import { isJsonObject, type JsonObject } from '../../util/json.js'
import type { ModelInfo } from '../models/model-info.js'
import type { Route } from './types.js'

/** What decides on which of a provider's APIs a call is made. */
export interface CallTraits {
  hasTools: boolean
  /** The parameters of the body. */
  body: Readonly<JsonObject>
}

type Change = 'responses' | 'openaiPath'

const changed = new WeakMap<Route, Partial<Record<Change, Route>>>()

/**
 * Returns the route that a call takes: the Responses API for models that have no other, and for the
 * calls that LiteLLM sends there. The same route is returned each time, because endpoints are kept by
 * route. Pure but for that.
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

/** Bedrock's newer endpoint serves some models under `/openai/v1` alone. */
function onOpenAiPath(route: Route): Route {
  if (route.provider !== 'bedrock_mantle') return route
  const baseUrl = route.baseUrl.replace(/(\/openai)?\/v1$/, '/openai/v1')
  return { ...route, baseUrl, ...(route.responses && { responses: { baseUrl } }) }
}

/**
 * OpenAI's chat completions refuse function tools while the model reasons, from GPT 5.4 on, and so
 * does Azure. With no effort set, the model reasons; other servers under these names may not.
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

/** Returns the version of a GPT as a number: 5.4 as 5.04, so that 5.10 is above 5.9. */
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

/** OpenAI's own addresses, those of single regions and private links included. */
function isOpenAiHost(baseUrl: string): boolean {
  return /(^|\.)api\.openai\.com$/.test(new URL(baseUrl).hostname)
}
