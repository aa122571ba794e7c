import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

const encryptedReasoning = 'reasoning.encrypted_content'

/** Chat parameters without a counterpart in the Responses API. */
export const chatOnlyParams = [
  'stop',
  'seed',
  'n',
  'logit_bias',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'modalities',
  'audio',
  'prediction',
  'functions',
  'function_call',
  'thinking',
]

/**
 * Returns LiteLLM's (OpenAI chat) parameters as the Responses API names them. Responses are not
 * stored, and reasoning is returned encrypted where `encrypts` is set. Other names pass unchanged.
 */
export function responsesParams(body: Readonly<JsonObject>, encrypts: boolean): JsonObject {
  const {
    max_tokens,
    max_completion_tokens,
    max_output_tokens = max_completion_tokens ?? max_tokens,
    reasoning_effort,
    reasoning_summary,
    reasoningSummary = reasoning_summary,
    reasoning,
    response_format,
    verbosity,
    text,
    tool_choice,
    include,
    stream_options: _,
    web_search_options: __,
    tools: ___,
    ...rest
  } = body
  const effort = { ...reasoningOf(reasoning_effort), ...reasoningOf(reasoning) }
  const format = formatOf(response_format)
  const textConfig = {
    ...(format && { format }),
    ...(given(verbosity) && { verbosity }),
    ...(isJsonObject(text) && text),
  }
  const included = includeOf(include, encrypts)
  return {
    ...(given(max_output_tokens) && { max_output_tokens }),
    ...((Object.keys(effort).length > 0 || given(reasoningSummary)) && {
      reasoning: { ...(given(reasoningSummary) && { summary: reasoningSummary }), ...effort },
    }),
    ...(Object.keys(textConfig).length > 0 && { text: textConfig }),
    ...(given(tool_choice) && { tool_choice: choiceOf(tool_choice) }),
    ...(included.length > 0 && { include: included }),
    store: false,
    ...rest,
  }
}

/** The tools that parameters add to those of the agent: the provider's own. */
export function hostedTools({ tools, web_search_options }: Readonly<JsonObject>): JsonValue[] {
  const listed = Array.isArray(tools) ? tools : []
  return isJsonObject(web_search_options) ? [...listed, webSearch(web_search_options)] : listed
}

function webSearch({ user_location, ...options }: JsonObject): JsonObject {
  const place = isJsonObject(user_location) ? user_location.approximate : undefined
  const location = isJsonObject(place) ? { type: 'approximate', ...place } : user_location
  return {
    type: 'web_search',
    ...options,
    ...(location !== undefined && { user_location: location }),
  }
}

function reasoningOf(value: JsonValue | undefined): JsonObject {
  if (isJsonObject(value)) return value
  return typeof value === 'string' ? { effort: value } : {}
}

/** Chat nests a schema under `json_schema`; Responses does not, and requires a name. */
function formatOf(format: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(format)) return undefined
  const { type, json_schema, ...rest } = format
  if (type !== 'json_schema' || !isJsonObject(json_schema)) return format
  return {
    type,
    name: 'response_schema',
    schema: {},
    strict: false,
    ...rest,
    ...json_schema,
  }
}

function choiceOf(choice: JsonValue): JsonValue {
  if (!isJsonObject(choice)) return choice
  const { type } = choice
  if (type === 'auto' || type === 'none' || type === 'required') return type
  const nested = typeof type === 'string' ? choice[type] : undefined
  return isJsonObject(nested) && typeof nested.name === 'string'
    ? { type: type as string, name: nested.name }
    : choice
}

function includeOf(include: JsonValue | undefined, encrypts: boolean): JsonValue[] {
  const listed = Array.isArray(include) ? include : []
  return encrypts && !listed.includes(encryptedReasoning) ? [...listed, encryptedReasoning] : listed
}

function given(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null
}
