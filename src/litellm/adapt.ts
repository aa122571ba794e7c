import { AgentError } from '../agent/errors.js'
import type { ModelRequest } from '../agent/model.js'
import { isJsonObject, type JsonObject } from '../util/json.js'
import { takenMessages } from './models/modalities.js'
import type { ModelInfo } from './models/model-info.js'
import { isOpenAiHost } from './routes/call-route.js'
import type { Route } from './routes/route.js'
import type { CallSettings } from './settings.js'
import { schemaTool } from './wires/anthropic-messages/schema-tool.js'
import { chatOnlyParams as googleLacks } from './wires/google-generate-content/params.js'
import { chatOnlyParams } from './wires/openai-responses/params.js'
import { claudeThinking, isClaude } from './wires/thinking.js'

export interface Adapted {
  request: ModelRequest
  settings: CallSettings
  /** Lists the parameters that are not sent, with the reason for each. */
  dropped: Dropped[]
  /** Describes, for the user, what is not sent or was changed. */
  notices: string[]
}

export interface Dropped {
  param: string
  why: string
}

const sampling = ['temperature', 'top_p', 'top_k']

/** Lists the OpenAI parameters that the Messages API does not support. */
const openaiOnly = [
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'n',
  'seed',
  'prompt_cache_key',
  'prompt_cache_retention',
  'response_format',
]

/** The models of OpenAI that take sampling parameters only with their usual value, 1, while they reason. */
const reasoningOnly = /^(o\d|gpt-([5-9]|\d\d))(?!.*chat)/

/** Since GPT 5.1, a model that is asked not to reason takes sampling parameters. */
function refusesSampling(body: Readonly<JsonObject>, { kind, model, provider }: Route): boolean {
  if (kind !== 'direct' || (provider !== 'openai' && provider !== 'azure')) return false
  const name = model.replace(/^.*\//, '')
  if (!reasoningOnly.test(name)) return false
  return body.reasoning_effort !== 'none' || /^(o\d|gpt-5(-|$))/.test(name)
}

/**
 * Returns a call without the parameters that its model is known to refuse. Pure. Throws
 * `unsupportedParams` if a parameter has no counterpart on the wire and `drop_params` is not set.
 * Throws `invalidRequest` if the user sent images, PDFs or audio to a model that does not support
 * them.
 */
export function adapted(
  given: ModelRequest,
  settings: CallSettings,
  route: Route,
  info: ModelInfo | undefined,
): Adapted {
  const messages = info ? takenMessages(given.messages, info.supports, route) : given.messages
  const request = messages === given.messages ? given : { ...given, messages }
  const dropped: Dropped[] = []
  const notices: string[] = []
  let body = { ...settings.body }
  const drop = (params: readonly string[], why: string) => {
    for (const param of params) {
      if (body[param] === undefined) continue
      delete body[param]
      dropped.push({ param, why })
    }
  }
  const claude = route.wire === 'anthropic-messages'
  const native = takesSchema(route, info)
  if (claude && native) body = withOutputFormat(body)
  if (route.wire === 'bedrock-converse' && !native)
    drop(['response_format'], `${route.model} takes no schema on Bedrock (an outputSchema works)`)
  if (claude) {
    const unknown = openaiOnly.filter(
      (param) =>
        body[param] !== undefined && !(param === 'response_format' && schemaTool(body[param])),
    )
    if (unknown.length > 0 && !settings.dropParams) throw unsupported(unknown, route)
    drop(unknown, 'the Messages API has no place for it, and drop_params is set')
  }
  if (route.wire === 'openai-responses')
    drop(chatOnlyParams, 'the Responses API has no place for it')
  if (route.wire === 'google-generate-content')
    drop(googleLacks, "Google's API has no place for it")
  // Only the Responses API returns a summary. Chat completions take the effort as a string.
  if (
    route.wire === 'openai-chat' &&
    route.kind === 'direct' &&
    isJsonObject(body.reasoning_effort)
  ) {
    const { effort, summary } = body.reasoning_effort
    body = { ...body, ...(effort !== undefined && { reasoning_effort: effort }) }
    if (effort === undefined) delete body.reasoning_effort
    if (summary !== undefined)
      dropped.push({
        param: 'reasoning_effort.summary',
        why: 'only the Responses API returns one (openai/responses/<model>)',
      })
  }
  if (route.wire !== 'openai-responses' && route.traits.noStop?.test(route.model))
    drop(['stop'], `${route.model} takes no stop sequences`)
  if (info?.supports.samplingParams === false)
    drop(sampling, `${route.model} takes no sampling parameters`)
  if (refusesSampling(body, route))
    drop(
      sampling.filter((param) => body[param] !== 1),
      `${route.model} takes none while it reasons`,
    )
  if (settings.dropParams && info && info.supports.reasoning !== true)
    drop(['reasoning_effort', 'thinking'], `${route.model} does not reason, and drop_params is set`)
  if (isClaude(route)) {
    if (isJsonObject(body.thinking))
      drop(['reasoning_effort'], 'thinking is given and overrides it')
    const thinking = claudeThinking(body, route)
    if (!thinking && !settings.dropParams) throw unknownEffort(body, route)
    if (!thinking)
      drop(['reasoning_effort'], `${route.model} has no such effort, and drop_params is set`)
    else body = thinking.body
    if (thinking?.notice) notices.push(thinking.notice)
  }
  if (claude && isThinking(body) && body.temperature !== 1)
    drop(['temperature'], 'a model that thinks takes no temperature')
  const forced = request.toolChoice && request.toolChoice.type !== 'auto'
  const why = forced ? whyNotForced(body, claude, route, info) : undefined
  if (why) dropped.push({ param: 'tool_choice', why })
  if (request.cacheKey !== undefined && takesCacheKey(route))
    body = { prompt_cache_key: request.cacheKey, ...body }
  const { toolChoice, ...free } = request
  return {
    request: why ? free : request,
    settings: { ...settings, body },
    dropped,
    notices: [...dropped.map(({ param, why }) => `${param} was not sent: ${why}.`), ...notices],
  }
}

/**
 * Matches Claude models that are newer than the price map. They accept a schema, as earlier Claude
 * models do.
 */
const newClaude = /claude-[a-z]+-(?:[5-9]|\d\d)(?!\d)/i

/** Claude on Vertex AI takes no schema. */
function takesSchema({ model, rawPredict }: Route, info: ModelInfo | undefined): boolean {
  if (rawPredict) return false
  return info?.supports.nativeOutput ?? (newClaude.test(model) || info === undefined)
}

/** Returns the body with `response_format` converted to the form of the Messages API. */
function withOutputFormat({ response_format: format, ...body }: JsonObject): JsonObject {
  if (!isJsonObject(format)) return body
  const { type, json_schema: named } = format
  if (type === 'text') return body
  if (type !== 'json_schema' || !isJsonObject(named)) return { ...body, response_format: format }
  const given = isJsonObject(body.output_config) ? body.output_config : {}
  const output = { type: 'json_schema', schema: named.schema ?? {} }
  return { ...body, output_config: { ...given, format: output } }
}

function whyNotForced(
  body: JsonObject,
  claude: boolean,
  route: Route,
  info: ModelInfo | undefined,
): string | undefined {
  if (info?.supports.forcedToolUse === false || info?.supports.toolChoice === false)
    return `${route.model} cannot be made to call a tool`
  if ((claude || route.traits.noForcedToolWhileThinking) && isThinking(body))
    return 'a model that thinks cannot be made to call a tool'
  return undefined
}

/** OpenAI routes calls with the same key to the same cache. Other servers may refuse the key. */
function takesCacheKey({ kind, provider, baseUrl, wire }: Route): boolean {
  return (
    kind === 'direct' &&
    provider === 'openai' &&
    (wire === 'openai-chat' || wire === 'openai-responses') &&
    isOpenAiHost(baseUrl)
  )
}

function isThinking({ thinking, reasoning_effort }: JsonObject): boolean {
  if (isJsonObject(thinking)) return thinking.type !== 'disabled'
  return typeof reasoning_effort === 'string' && reasoning_effort !== 'none'
}

function unknownEffort({ reasoning_effort }: JsonObject, route: Route): AgentError {
  return new AgentError({
    code: 'unsupportedParams',
    message: `${route.id} has no reasoning_effort ${JSON.stringify(reasoning_effort)}.`,
    hint: 'Set it to none, minimal, low, medium, high or, where the model has them, xhigh or max. Set drop_params: true to have others left out for you.',
    unsent: true,
  })
}

function unsupported(params: readonly string[], route: Route): AgentError {
  return new AgentError({
    code: 'unsupportedParams',
    message: `${route.id} does not support parameters: ${params.join(', ')}.`,
    hint: 'Leave them out, or set drop_params: true to have such parameters left out for you.',
    unsent: true,
  })
}
