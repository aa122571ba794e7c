import type { ErrorCode } from '../agent/error-codes.js'
import { AgentError } from '../agent/errors.js'
import type { ContentBlock } from '../agent/messages/content.js'
import { redact } from '../util/redact.js'
import { where } from './connection-errors.js'
import { readErrorBody } from './error-body.js'
import type { ReplyHeaders } from './http/reply.js'
import { retryAfterMs } from './http/retry-after.js'

import type { Route } from './routes/route.js'

export { connectionError, failedBeforeSend } from './connection-errors.js'

/** Describes an error response of a provider or proxy, or an error event in its stream. */
export interface ProviderError {
  /**
   * The HTTP status; `undefined` if the error came inside a stream that began with a success
   * status.
   */
  status: number | undefined
  /** The body: its text, its JSON value, or the part of it that is about the error. */
  error: unknown
  headers?: ReplyHeaders | undefined
  /** The text that the model returned before the error. */
  text?: string
}

/** A provider that is available again only after a day has no retry window, but an empty account. */
const longestWindowMs = 86_400_000

interface Rule {
  code: ErrorCode
  status?: (status: number) => boolean
  type?: RegExp
  message?: RegExp
  /** Whether the provider says how long to wait. */
  waits?: boolean
  retryable?: boolean
  /** Replaces the default hint of the code. */
  hint?: string
}

/** Lists the servers' error messages for inputs that a model does not support. */
const cannotTake = [
  {
    message:
      /(image|vision|multimodal)( input)?s? (is|are) not supported|not support (image|vision|multimodal)|\bmmproj\b|not a multimodal model/i,
    hint: 'Choose a model with vision, or remove the images.',
  },
  {
    message: /audio( input)?s? (is|are) not supported|not support audio/i,
    hint: 'Choose a model that takes audio, or remove the audio.',
  },
  {
    message:
      /not support (the )?(use of )?(tools?|function calling)\b|(tools?|function calling) (is|are) not supported/i,
    hint: 'Choose a model with tool support, or an agent without tools.',
  },
]

/** Matches the error messages of LiteLLM and the providers for a conversation that is too long. */
export const overflowMessage = new RegExp(
  [
    'ContextWindowExceededError',
    'maximum context length',
    'maximum prompt length is \\d',
    'context[ _](length|window).{0,40}exceed',
    'exceeds?.{0,40}context (length|window|size|limit)',
    "longer than (the|this) model's context length",
    '(input|prompt) is too long',
    'too many input tokens',
    'input tokens exceed the configured limit',
    'reduce the length of the messages',
    'token count.{0,40}exceeds',
    '(greater|longer) than the (context|maximum model) length',
    'loaded with context length of only',
    '`inputs` tokens \\+ `max_new_tokens` must be',
    'Range of input length should be',
    // Servers also send this message for short fields, such as ids and descriptions. The six digits
    // exclude those limits.
    "(?<!url': )string too long\\. Expected a string with maximum length \\d{6}",
  ].join('|'),
  'i',
)

/**
 * Maps the errors of LiteLLM and the providers to our error codes. The first matching rule applies.
 * LiteLLM's HTTP errors lose their class, so only the prefix of the message names it.
 */
const rules: readonly Rule[] = [
  { code: 'budgetExceeded', type: /budget_exceeded|insufficient_quota/ },
  // Google words a limit per minute like an empty account.
  { code: 'rateLimit', status: (status) => status === 429, waits: true, retryable: true },
  {
    code: 'budgetExceeded',
    message:
      /budget has been exceeded|exceeded your current quota|insufficient (credits|balance)|credit balance is too low/i,
  },
  { code: 'budgetExceeded', status: (status) => status === 402 },
  { code: 'rateLimit', status: (status) => status === 429, retryable: true },
  { code: 'rateLimit', type: /rate_limit/, retryable: true },
  {
    code: 'contextWindowOverflow',
    type: /context_length_exceeded|exceed_context_size/,
  },
  { code: 'contextWindowOverflow', message: overflowMessage },
  { code: 'contentPolicy', type: /content_policy_violation|content_filter|invalid_prompt/ },
  { code: 'contentPolicy', message: /ContentPolicyViolationError|content management policy/i },
  {
    code: 'authentication',
    type: /no_db_connection|auth_error|token_not_found|expired_key|invalid_api_key/,
  },
  { code: 'authentication', status: (status) => status === 401 },
  {
    code: 'authentication',
    status: (status) => status < 500,
    message:
      /(incorrect|invalid|missing|wrong|expired) (api[ _-]?key|x-api-key|bearer token|authentication)|api[ _-]?key (is )?(not valid|invalid|missing|expired|not found)|no auth credentials/i,
  },
  { code: 'permission', type: /_access_denied|permission/ },
  { code: 'permission', status: (status) => status === 403 },
  { code: 'unsupportedParams', type: /unsupported_(parameter|value)/ },
  {
    code: 'unsupportedParams',
    message: /UnsupportedParamsError|unsupported (parameter|value)|does not support parameters?/i,
  },
  {
    code: 'modelNotFound',
    type: /model_not_found/,
  },
  {
    code: 'modelNotFound',
    message: /Invalid model name passed in model|model .{0,80}(does not exist|not found)/i,
  },
  { code: 'modelNotFound', status: (status) => status === 404 },
  // Local servers report unsupported inputs as an internal error.
  ...cannotTake.map(({ message, hint }): Rule => ({ code: 'invalidRequest', message, hint })),
  { code: 'timeout', status: (status) => status === 408, retryable: true },
  { code: 'providerError', status: (status) => status === 409, retryable: true },
  // Errors inside streams have no status. The error type of a failed response names an image
  // problem.
  { code: 'invalidRequest', type: /invalid_request_error|image/ },
  { code: 'invalidRequest', status: (status) => status >= 400 && status < 500 },
  { code: 'providerError', retryable: true },
]

const hints: Record<ErrorCode, string> = {
  configuration: 'Fix the configuration.',
  authentication:
    'Check that the key of this route is complete, current and meant for this base URL.',
  permission: 'Use a model that this key may call, or ask its owner for access.',
  modelNotFound: 'Check the model id. `list_models` shows what a proxy serves.',
  invalidRequest: 'Fix what the message names and call again.',
  unsupportedParams:
    'Leave out the parameters that the message names, or use a model that takes them.',
  contextWindowOverflow:
    'Shorten the prompt or the conversation, or use a model with a larger context window.',
  contentPolicy: 'Rephrase the prompt: the provider refused its content.',
  rateLimit: 'Wait a little and try again.',
  budgetExceeded:
    'The budget or quota of this key is used up. Raise it, or wait until it is renewed.',
  timeout: 'Try again, or allow more time (clientArgs.timeout).',
  connection: 'Check that the base URL is right and that the server is running.',
  providerError: 'The provider failed. Try again later.',
  structuredOutput: 'Simplify the schema.',
  toolError: 'Look at what the tool reported.',
  limitReached: 'Raise the limit.',
  cancelled: 'Call again to start a new run.',
}

export function hintFor(code: ErrorCode): string {
  return hints[code]
}

export function httpErrorToAgentError(refusal: ProviderError, route: Route): AgentError {
  const { message, types, ...body } = readErrorBody(refusal.error)
  const status = refusal.status ?? body.status
  const window = retryAfterMs(refusal.headers) ?? body.retryAfterMs
  const after = window !== undefined && window <= longestWindowMs ? window : undefined
  const rule = rules.find(
    ({ status: fits, type, message: pattern, waits }) =>
      (!waits || after !== undefined) &&
      (fits === undefined || (status !== undefined && fits(status))) &&
      (type === undefined || type.test(types)) &&
      (pattern === undefined || (message !== undefined && pattern.test(message))),
  ) as Rule
  const shouldRetry = refusal.headers?.get('x-should-retry') !== 'false' && after === window
  return new AgentError({
    code: rule.code,
    message: `${where(route)} ${answered(refusal.status, message, route)}`,
    hint: rule.hint ?? hints[rule.code],
    // The clients of OpenAI and Anthropic also respect this header.
    retryable: (rule.retryable ?? false) && shouldRetry,
    ...(refusal.status !== undefined && { status: refusal.status }),
    ...(after !== undefined && { retryAfterMs: after }),
    ...(refusal.text && { text: refusal.text }),
  })
}

/**
 * Returns the error for a stream or body that ended before the model finished. The partial text
 * must not be treated as a complete answer.
 */
export function truncatedError(route: Route, text: string): AgentError {
  return new AgentError({
    code: 'connection',
    message: `The answer of ${where(route)} broke off before the model had finished.`,
    hint: 'Try again; what had arrived is not a complete answer.',
    retryable: true,
    ...(text && { text }),
  })
}

/** Returns the error for an answer that the provider ended for a reason of its own, such as a failure. */
export function unfinishedError(
  route: Route,
  { content, rawStopReason }: { content: readonly ContentBlock[]; rawStopReason: string | null },
): AgentError {
  const text = content.map((block) => ('text' in block ? block.text : '')).join('')
  const reason = JSON.stringify((rawStopReason ?? '').slice(0, 100))
  return new AgentError({
    code: 'providerError',
    message: `${where(route)} ended its answer with the reason ${reason}, so the answer is not complete.`,
    hint: 'Try again; what had arrived is not a complete answer.',
    retryable: true,
    ...(text && { text }),
  })
}

export function timeoutError(route: Route, timeoutMs: number, text: string): AgentError {
  return new AgentError({
    code: 'timeout',
    message: `${where(route)} did not answer in full within ${timeoutMs / 1000} s.`,
    hint: hints.timeout,
    ...(text && { text }),
  })
}

/**
 * Returns the error for a redirect. Redirects are not followed, because the key is only for the
 * configured address.
 */
export function redirectError(
  route: Route,
  { status, location }: { status: number; location: string | undefined },
): AgentError {
  const to = location === undefined ? '' : ` to ${location}`
  return new AgentError({
    code: 'providerError',
    message: `${where(route)} answered with a redirect (${status})${to}.`,
    hint: 'Redirects are not followed. Set the base URL (clientArgs.api_base) to the new address.',
    retryable: false,
    status,
  })
}

export function protocolError(route: Route, what: string): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `${where(route)} ${what}.`,
    hint: 'The server does not speak the OpenAI chat format as expected. Check the address and the model.',
    retryable: false,
  })
}

/**
 * Returns the error for an unexpected failure. The message of the cause is not included, because it
 * may quote the request.
 */
export function unforeseenError(route: Route, cause: unknown, text = ''): AgentError {
  const kind = cause instanceof Error ? ` (${cause.name})` : ''
  return new AgentError({
    code: 'providerError',
    message: `The call to ${where(route)} failed in a way that was not foreseen${kind}.`,
    hint: 'Try again; if it stays, report it.',
    cause,
    ...(text && { text }),
  })
}

/** Limits what is quoted of a provider's message. */
const maxQuoted = 600

function answered(status: number | undefined, message: string | undefined, route: Route): string {
  const how = status === undefined ? 'reported an error in its stream' : `answered ${status}`
  return message === undefined
    ? `${how} without a message that can be read.`
    : `${how}: ${redact(message, [route.apiKey ?? ''], maxQuoted).toWellFormed()}`
}
