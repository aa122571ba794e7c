import type { ErrorCode } from '../../../agent/error-codes.js'
import { AgentError } from '../../../agent/errors.js'
import { isJsonObject } from '../../../util/json.js'

import {
  connectionError,
  failedBeforeSend,
  hintFor,
  httpErrorToAgentError,
  overflowMessage,
  truncatedError,
  unforeseenError,
} from '../../errors.js'
import type { Route } from '../../routes/route.js'

interface Rule {
  code: ErrorCode
  /** Matches the name of the exception. */
  name?: RegExp
  message?: RegExp
  retryable?: boolean
  hint?: string
}

const signIn =
  'Give AWS credentials: clientArgs.aws_access_key_id and aws_secret_access_key, aws_profile_name, the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, an aws sso login, the role of the machine, or a Bedrock API key in AWS_BEARER_TOKEN_BEDROCK.'

/**
 * Maps AWS exceptions to our error codes. The first matching rule applies, and otherwise the HTTP
 * status.
 */
const rules: readonly Rule[] = [
  { code: 'rateLimit', name: /throttling|toomanyrequests|servicequota/i, retryable: true },
  { code: 'providerError', name: /modelnotready/i, retryable: true },
  { code: 'timeout', name: /modeltimeout/i, retryable: true },
  { code: 'providerError', name: /modelerror|modelstreamerror/i, retryable: true },
  { code: 'providerError', name: /internalserver|serviceunavailable/i, retryable: true },
  {
    code: 'authentication',
    name: /unrecognizedclient|expiredtoken|signature|missingauthentication|invalidclienttoken|unauthorized/i,
    hint: `AWS does not know these credentials, or no longer. ${signIn}`,
  },
  {
    code: 'unsupportedParams',
    message: /did not allow prompt caching/i,
    hint: 'This model has no prompt cache on Bedrock. Remove the cache points, or use a model that has one.',
  },
  {
    code: 'authentication',
    name: /accessdenied/i,
    message: /api key|bearer token|security token|authentication failed/i,
    hint: 'Check the Bedrock API key (AWS_BEARER_TOKEN_BEDROCK or clientArgs.api_key): that it is complete, current and of this region.',
  },
  {
    code: 'permission',
    name: /accessdenied/i,
    hint: 'Allow this identity bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on the model, and ask for access to the model in the Bedrock console.',
  },
  {
    code: 'modelNotFound',
    message: /on-demand throughput|inference profile/i,
    hint: 'Use the id of an inference profile, which begins with a region group, such as bedrock/us.anthropic.…',
  },
  {
    code: 'modelNotFound',
    name: /resourcenotfound/i,
    hint: 'Check the model id, and that this region (aws_region_name or AWS_REGION) has the model.',
  },
  {
    code: 'modelNotFound',
    message: /model identifier is invalid|end of its life/i,
    hint: 'Check the model id, and that this region (aws_region_name or AWS_REGION) has the model.',
  },
  { code: 'contextWindowOverflow', message: overflowMessage },
  {
    code: 'contextWindowOverflow',
    message:
      /too many tokens|expected maxLength|exceeds?.{0,60}context|context (limit|window|length)/i,
  },
  { code: 'contentPolicy', message: /content filter/i },
  {
    code: 'unsupportedParams',
    message: /extraneous key|extra inputs are not permitted|(does not|doesn't) support/i,
  },
]

/**
 * Returns the AgentError for an error of the vendor's package. `answering` is true if an answer had
 * begun.
 */
export function converseError(
  thrown: unknown,
  route: Route,
  { answering, text }: { answering: boolean; text: string },
): AgentError {
  if (thrown instanceof AgentError) return thrown
  if (!(thrown instanceof Error)) return unforeseenError(route, thrown, text)
  if (/^(Credentials|Token)ProviderError$/.test(thrown.name)) return credentialsError(thrown)
  const status = httpStatus(thrown)
  if (status !== undefined && status >= 400) return refusal(thrown, status, route, text)
  if (isConnectionFailure(thrown))
    return connectionError(route, thrown, { sent: !failedBeforeSend(thrown), text })
  // An exception event in a stream has its own name. An incomplete event has none.
  const named = !/^(Error|SyntaxError|TypeError|RangeError)$/.test(thrown.name)
  if (!answering && !(named && status !== undefined && speaksConverse(thrown))) {
    if (status === undefined) return unforeseenError(route, thrown, text)
    return speaksConverse(thrown) ? truncatedError(route, text) : notBedrock(route, status)
  }
  return named ? refusal(thrown, undefined, route, text) : truncatedError(route, text)
}

function refusal(error: Error, status: number | undefined, route: Route, text: string): AgentError {
  // If the body is not JSON, the package reports only its parse error.
  const readable = error.name !== 'SyntaxError' && error.message !== 'UnknownError'
  const message = withoutSecrets(error.message, route)
  const told = { type: error.name, ...(readable && { message }) }
  const headers = retryHeaders(error)
  const base = httpErrorToAgentError({ status, error: told, headers, text }, route)
  const rule = rules.find(
    ({ name, message: pattern }) =>
      (name === undefined || name.test(error.name)) &&
      (pattern === undefined || pattern.test(error.message)),
  )
  if (!rule) return base
  return new AgentError({
    code: rule.code,
    message: base.message,
    hint: rule.hint ?? hintFor(rule.code),
    retryable: rule.retryable ?? false,
    ...(status !== undefined && { status }),
    ...(base.retryAfterMs !== undefined && { retryAfterMs: base.retryAfterMs }),
    ...(text && { text }),
  })
}

/** Returns the error for an answer that Bedrock could not parse. */
export function malformedError(route: Route, reason: string, text: string): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `The provider ${route.provider} could not read what the model wrote (${reason}).`,
    hint: 'Try again; if it stays, simplify the tools or use another model.',
    retryable: true,
    ...(text && { text }),
  })
}

function credentialsError(cause: Error): AgentError {
  return new AgentError({
    code: 'authentication',
    message: 'No AWS credentials were found, or they could not be read.',
    hint: signIn,
    unsent: true,
    cause,
  })
}

function notBedrock(route: Route, status: number): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `The provider ${route.provider} answered ${status} with something that is not a Converse response.`,
    hint: 'Check the endpoint (clientArgs.api_base, aws_bedrock_runtime_endpoint or AWS_BEDROCK_RUNTIME_ENDPOINT): it must speak Bedrock’s Converse.',
    status,
  })
}

/**
 * Removes secrets from a message. AWS quotes the request headers, including the session token, if
 * the signature is invalid.
 */
function withoutSecrets(message: string, { aws }: Route): string {
  const quoted = message.indexOf('The Canonical String for this request')
  let safe = quoted < 0 ? message : message.slice(0, quoted).trimEnd()
  for (const secret of [aws?.secretAccessKey, aws?.sessionToken, aws?.accessKeyId])
    if (secret) safe = safe.replaceAll(secret, '[redacted]')
  return safe
}

function isConnectionFailure(error: Error): boolean {
  return (
    error.name === 'TimeoutError' ||
    ('code' in error &&
      typeof error.code === 'string' &&
      // Node's error code for an invalid request does not indicate a connection failure.
      /^((?!ERR_INVALID)E[A-Z]|UND_|CERT|DEPTH|SELF|UNABLE)/.test(error.code))
  )
}

function speaksConverse(error: Error): boolean {
  return /json|eventstream/.test(header(error, 'content-type') ?? '')
}

function httpStatus(error: Error): number | undefined {
  const response = responseOf(error)
  const metadata = '$metadata' in error ? error.$metadata : undefined
  const status = response?.statusCode ?? (isJsonObject(metadata) && metadata.httpStatusCode)
  return typeof status === 'number' ? status : undefined
}

function retryHeaders(error: Error): Headers {
  const headers = new Headers()
  for (const name of ['retry-after', 'retry-after-ms']) {
    const value = header(error, name)
    if (value !== undefined) headers.set(name, value)
  }
  return headers
}

function header(error: Error, name: string): string | undefined {
  const headers = responseOf(error)?.headers
  const value = isJsonObject(headers) ? headers[name] : undefined
  return typeof value === 'string' ? value : undefined
}

function responseOf(error: Error): { statusCode?: unknown; headers?: unknown } | undefined {
  const response = '$response' in error ? error.$response : undefined
  return typeof response === 'object' && response !== null ? response : undefined
}
