import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import { isGemini3 } from '../../routes/gemini.js'

/** Chat parameters without a counterpart in Google's API. */
export const chatOnlyParams = [
  'logit_bias',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prediction',
  'store',
  'verbosity',
  'reasoning_summary',
  'functions',
  'function_call',
  'metadata',
  'safety_identifier',
  'user',
]

/** The members of `generationConfig`, in the spelling of LiteLLM and in that of Google. */
const generationNames: Record<string, string> = {
  n: 'candidate_count',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  maxOutputTokens: 'max_output_tokens',
  stop_sequences: 'stop_sequences',
  stopSequences: 'stop_sequences',
  temperature: 'temperature',
  top_p: 'top_p',
  topP: 'top_p',
  top_k: 'top_k',
  topK: 'top_k',
  seed: 'seed',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  logprobs: 'responseLogprobs',
  top_logprobs: 'logprobs',
  max_output_tokens: 'max_output_tokens',
  candidate_count: 'candidate_count',
  response_mime_type: 'response_mime_type',
  response_schema: 'response_schema',
  response_json_schema: 'response_json_schema',
  thinkingConfig: 'thinkingConfig',
  thinking_config: 'thinkingConfig',
  responseModalities: 'responseModalities',
  speechConfig: 'speechConfig',
  imageConfig: 'imageConfig',
  mediaResolution: 'mediaResolution',
  audioTimestamp: 'audioTimestamp',
}

export interface GoogleParams {
  generationConfig: JsonObject
  /** The tools that parameters add to the functions: Google's own. */
  tools: JsonValue[]
  toolChoice?: JsonObject
  /** The other members of the request. */
  rest: JsonObject
}

/**
 * Returns LiteLLM's (OpenAI chat) parameters as Google names them. Unknown names are members of the
 * request, unchanged.
 */
export function googleParams(body: Readonly<JsonObject>, model: string): GoogleParams {
  const {
    stop,
    response_format,
    reasoning_effort,
    thinking,
    modalities,
    tool_choice,
    tools,
    web_search_options,
    safety_settings,
    service_tier,
    generationConfig: given,
    // Google calls tools in parallel as it sees fit, and always reports usage.
    parallel_tool_calls: _,
    stream_options: __,
    ...others
  } = body
  const rest: JsonObject = {}
  const config: JsonObject = {}
  for (const [name, value] of Object.entries(others)) {
    const known = Object.hasOwn(generationNames, name) ? generationNames[name] : undefined
    if (known === undefined) rest[name] = value
    else if (value !== null) config[known] = value
  }
  const effort = isJsonObject(reasoning_effort) ? reasoning_effort.effort : reasoning_effort
  const thinkingConfig = isJsonObject(thinking)
    ? thinkingOf(thinking, model)
    : thinkingFor(effort, model)
  const choice = choiceOf(tool_choice)
  return {
    generationConfig: {
      ...(isGemini3(model) && { temperature: 1 }),
      ...config,
      ...(isGiven(stop) && { stop_sequences: Array.isArray(stop) ? stop : [stop] }),
      ...formatOf(response_format),
      ...(thinkingConfig && { thinkingConfig }),
      ...(Array.isArray(modalities) && {
        responseModalities: modalities.map((modality) => String(modality).toUpperCase()),
      }),
      ...(isJsonObject(given) && given),
    },
    tools: [
      ...(Array.isArray(tools) ? tools : []),
      ...(isJsonObject(web_search_options) ? [{ googleSearch: {} }] : []),
    ],
    ...(choice && { toolChoice: choice }),
    rest: {
      ...(isGiven(safety_settings) && { safetySettings: safety_settings }),
      ...(typeof service_tier === 'string' && {
        serviceTier: service_tier === 'default' ? 'standard' : service_tier,
      }),
      ...rest,
    },
  }
}

function formatOf(format: JsonValue | undefined): JsonObject {
  if (!isJsonObject(format)) return {}
  if (format.type === 'json_object')
    return {
      response_mime_type: 'application/json',
      ...(isJsonObject(format.response_schema) && {
        response_json_schema: format.response_schema,
      }),
    }
  const named = format.type === 'json_schema' ? format.json_schema : undefined
  if (!isJsonObject(named)) return {}
  return {
    response_mime_type: 'application/json',
    ...(isJsonObject(named.schema) && { response_json_schema: named.schema }),
  }
}

function choiceOf(choice: JsonValue | undefined): JsonObject | undefined {
  if (choice === 'required') return { mode: 'ANY' }
  if (choice === 'auto' || choice === 'none') return { mode: choice.toUpperCase() }
  if (!isJsonObject(choice)) return undefined
  const name = isJsonObject(choice.function) ? choice.function.name : choice.name
  return typeof name === 'string' ? namedChoice(name) : undefined
}

export function namedChoice(name: string): JsonObject {
  return { mode: 'ANY', allowed_function_names: [name] }
}

/** LiteLLM's thinking budgets for OpenAI's efforts. */
const budgets: Record<string, number> = {
  none: 0,
  disable: 0,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
}

/** Returns the thinking of an effort: a level from Gemini 3 on, a budget before. */
function thinkingFor(effort: JsonValue | undefined, model: string): JsonObject | undefined {
  if (typeof effort !== 'string') return undefined
  const includeThoughts = effort !== 'none' && effort !== 'disable'
  if (isGemini3(model)) return { thinkingLevel: levelOf(effort, model), includeThoughts }
  const budget = effort === 'minimal' ? leastBudget(model) : budgets[effort]
  return budget === undefined ? undefined : { thinkingBudget: budget, includeThoughts }
}

function levelOf(effort: string, model: string): string {
  const isFlash = model.includes('flash')
  switch (effort) {
    case 'low':
      return 'low'
    case 'none':
    case 'disable':
    case 'minimal':
      return isFlash ? 'minimal' : 'low'
    case 'medium':
      return isFlash || (model.includes('pro') && /gemini-3\.[1-9]/.test(model)) ? 'medium' : 'high'
    default:
      return 'high'
  }
}

function leastBudget(model: string): number {
  if (model.includes('gemini-2.5-flash-lite')) return 512
  return model.includes('gemini-2.5-flash') ? 1 : 128
}

/** Returns Google's form of Anthropic's `thinking`. */
function thinkingOf({ type, budget_tokens: budget }: JsonObject, model: string): JsonObject {
  const includeThoughts = type !== 'disabled' && budget !== 0
  if (isGemini3(model)) return { includeThoughts }
  if (type === 'disabled') return { thinkingBudget: 0, includeThoughts }
  return { includeThoughts, ...(typeof budget === 'number' && { thinkingBudget: budget }) }
}

function isGiven(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null
}
