import { configurationError } from '../agent/errors.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.js'
import { isHeaderName } from './http/request-text.js'
import { isModelInfoArg, ownModelInfo } from './models/own-info.js'
import { isHeaderText } from './routes/args.js'
import type { ClientArgs, Route } from './routes/route.js'

/** Holds the settings of `clientArgs` and `params` that apply to every call of a model. */
export interface CallSettings {
  /** Holds the parameters that are added to the request body unchanged. */
  readonly body: Readonly<JsonObject>
  readonly headers: Readonly<Record<string, string>>
  /** Limits the whole call, including retries; `undefined` if only the limit of the run applies. */
  readonly timeoutMs: number | undefined
  /** Limits how long a stream may be silent; `undefined` if there is no limit. */
  readonly silenceMs?: number | undefined
  readonly maxRetries: number
  readonly stream: boolean
  /** Omits parameters that the model or wire does not support, instead of failing. */
  readonly dropParams: boolean
}

/**
 * Lists the LiteLLM client arguments that this package handles. Other arguments are added to the
 * body.
 */
const ownArgs = [
  'api_key',
  'api_base',
  'base_url',
  'use_litellm_proxy',
  'timeout',
  'request_timeout',
  'stream_timeout',
  'ssl_verify',
  'max_retries',
  'num_retries',
  'extra_headers',
  'headers',
  'extra_body',
  'drop_params',
  'organization',
  'custom_llm_provider',
  'wire',
  'api_version',
  'azure_ad_token',
  'account_id',
  'aws_region_name',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'aws_profile_name',
  'aws_bedrock_runtime_endpoint',
  'vertex_project',
  'vertex_location',
  'vertex_credentials',
] as const

/**
 * Lists LiteLLM's AWS login arguments that this package does not support. AWS's own credential
 * chain supports these logins.
 */
const awsChainArgs = [
  'aws_role_name',
  'aws_session_name',
  'aws_web_identity_token',
  'aws_sts_endpoint',
  'aws_external_id',
]

/**
 * Lists the request fields that the agent sets. In `params` they would replace the agent's values
 * without notice.
 */
const reservedParams = ['model', 'messages', 'tools']

/**
 * Returns the settings of a call. Pure. Throws `configuration` with the name of the invalid
 * argument.
 */
export function callSettings(
  config: { clientArgs?: ClientArgs; params?: Readonly<JsonObject>; stream?: boolean },
  route: Pick<Route, 'kind'>,
): CallSettings {
  const { clientArgs = {}, params = {} } = config
  for (const key of Object.keys(clientArgs)) refuseUnusable(key)
  for (const key of reservedParams) {
    const where = key in params ? 'params' : key in clientArgs ? 'clientArgs' : undefined
    if (where)
      throw configurationError(
        `${where}.${key} would replace what the agent sends.`,
        `Leave ${key} out of ${where}: the agent sets it.`,
      )
  }
  // Prices limit what callers may spend, so they are no parameter of a call.
  const misplaced = Object.keys(params).find(isModelInfoArg)
  if (misplaced !== undefined)
    throw configurationError(
      `params.${misplaced} is not a parameter of a call.`,
      `Give ${misplaced} in clientArgs.`,
    )
  ownModelInfo(clientArgs)
  const { extra_headers, extra_body, drop_params, stream, stream_timeout, ...plainParams } = params
  const dropParams = (drop_params ?? clientArgs.drop_params) === true
  const own = new Set<string>(ownArgs)
  const plainArgs = Object.fromEntries(
    Object.entries(clientArgs).filter(([key]) => !own.has(key) && !isModelInfoArg(key)),
  )
  return {
    body: {
      ...withoutNulls(plainArgs),
      ...objectArg('clientArgs.extra_body', clientArgs.extra_body),
      ...withoutNulls(plainParams),
      ...objectArg('params.extra_body', extra_body),
    },
    headers: {
      ...headerArg('clientArgs.headers', clientArgs.headers),
      ...headerArg('clientArgs.extra_headers', clientArgs.extra_headers),
      ...headerArg('params.extra_headers', extra_headers),
    },
    timeoutMs: milliseconds('timeout', clientArgs.timeout ?? clientArgs.request_timeout),
    silenceMs: milliseconds('stream_timeout', stream_timeout ?? clientArgs.stream_timeout),
    // A proxy also retries, so two more retries are enough.
    maxRetries: numberArg(
      'num_retries',
      clientArgs.num_retries ?? clientArgs.max_retries,
      route.kind === 'proxy' ? 2 : 5,
    ),
    dropParams,
    stream: config.stream ?? (typeof stream === 'boolean' ? stream : true),
  }
}

/**
 * Throws if an argument is misspelled or not supported. A misspelled key, such as `apiKey` for
 * `api_key`, would be sent in the body and could be logged.
 */
function refuseUnusable(key: string): void {
  const plain = key.replaceAll('_', '').toLowerCase()
  const meant = ownArgs.find((known) => known !== key && known.replaceAll('_', '') === plain)
  if (meant)
    throw configurationError(
      `clientArgs.${key} is not known.`,
      `LiteLLM's name for it is ${meant}.`,
    )
  if (awsChainArgs.includes(key))
    throw configurationError(
      `clientArgs.${key} is not supported.`,
      "Set it up in a profile of AWS's own configuration and give aws_profile_name.",
    )
}

function objectArg(at: string, value: JsonValue | undefined): JsonObject {
  if (value === undefined || value === null) return {}
  if (isJsonObject(value)) return value
  throw configurationError(`${at} must be an object.`, `Give ${at} as { "name": value }.`)
}

function headerArg(at: string, value: JsonValue | undefined): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(objectArg(at, value))) {
    if (typeof text !== 'string')
      throw configurationError(`${at}.${name} must be a string.`, 'Give header values as text.')
    if (!isHeaderName(name))
      throw configurationError(
        `${at} has a name that no header can have.`,
        'Write the names of headers without spaces and without a colon.',
      )
    if (!isHeaderText(text))
      throw configurationError(
        `${at}.${name} has a line break or another character that no header can have.`,
        'Give the value in one line, and without typographic characters.',
      )
    headers[name.toLowerCase()] = text
  }
  return headers
}

function milliseconds(name: string, seconds: JsonValue | undefined): number | undefined {
  if (seconds === undefined || seconds === null) return undefined
  return 1000 * numberArg(name, seconds, 0)
}

function numberArg(name: string, value: JsonValue | undefined, usual: number): number {
  if (value === undefined || value === null) return usual
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw configurationError(
    `clientArgs.${name} must be a number that is not negative.`,
    `Give clientArgs.${name} as a number.`,
  )
}

/** As in LiteLLM, a parameter that is null is not given. `extra_body` can send null. */
function withoutNulls(params: Readonly<JsonObject>): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
}
