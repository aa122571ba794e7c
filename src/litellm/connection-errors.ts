import { AgentError, configurationError } from '../agent/errors.js'
import { cutText } from '../util/cut-text.js'
import { ProxySettingError } from '../util/network/proxy.js'
import { proxyErrorIn } from '../util/network/proxy-error.js'
import { isCertificateFault, TrustError } from '../util/network/trust.js'
import { SilenceError } from './http/connection.js'
import { AnswerTooLong } from './http/reply.js'
import type { Route } from './routes/route.js'

/** Returns the name of a route's server, for the start of a sentence. */
export function where(route: Route): string {
  return route.kind === 'proxy' ? 'The LiteLLM Proxy' : `The provider ${route.provider}`
}

const connectFailure =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS)/
const connectionHint = 'Check that the address is right and that the server is up.'
const certificateHint =
  'The certificate of that address is not trusted. Check the address. If it, or a proxy on the way, has an authority of its own, name its certificate in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.'

/**
 * Returns the error for a failed connection. `sent` is false if the connection failed before the
 * request was sent.
 */
export function connectionError(
  route: Route,
  cause: unknown,
  { sent, text }: { sent: boolean; text?: string },
): AgentError {
  if (cause instanceof ProxySettingError || cause instanceof TrustError)
    return configurationError(cause.message, settingHint(cause))
  if (cause instanceof SilenceError) return silenceError(route, cause, text)
  if (cause instanceof AnswerTooLong) return tooLongError(route, cause, text)
  const fault = connectionFault(cause)
  const what = sent ? 'The connection broke off' : 'No connection could be made'
  return new AgentError({
    code: 'connection',
    message: `${what} (${where(route)}${fault.reason}).`,
    hint: fault.hint,
    retryable: fault.retryable,
    unsent: !sent,
    ...(text && { text }),
  })
}

/** Returns why a connection failed and how to fix it. */
function connectionFault(cause: unknown): { reason: string; hint: string; retryable: boolean } {
  const proxy = proxyErrorIn(cause)
  const code = systemCode(cause)
  // A retry does not change a certificate fault or a refusal.
  if (isCertificateFault(rootOf(cause)))
    return {
      reason: `${proxy ? `, through the proxy ${proxy.proxy.address}` : ''}: ${code}`,
      hint: certificateHint,
      retryable: false,
    }
  if (proxy)
    return {
      reason: `: ${proxy.message.replace(/^The /, 'the ').replace(/\.$/, '')}`,
      hint: proxy.hint,
      retryable: proxy.retryable,
    }
  return { reason: code ? `: ${code}` : '', hint: connectionHint, retryable: true }
}

function settingHint(error: ProxySettingError | TrustError): string {
  return error instanceof TrustError
    ? 'Set ssl_verify, SSL_VERIFY or SSL_CERT_FILE to a readable file of PEM certificates.'
    : `Set ${error.source} to the URL of an HTTP proxy, such as http://proxy.example:3128.`
}

function silenceError(
  route: Route,
  { silenceMs }: SilenceError,
  text: string | undefined,
): AgentError {
  return new AgentError({
    code: 'timeout',
    message: `${where(route)} sent nothing for ${silenceMs / 1000} s.`,
    hint: 'Try again, or allow more time (clientArgs.stream_timeout).',
    retryable: true,
    ...(text && { text }),
  })
}

/** Limits the text that the error of an answer without an end keeps. */
const keptChars = 100_000

function tooLongError(
  route: Route,
  { maxBytes }: AnswerTooLong,
  text: string | undefined,
): AgentError {
  return new AgentError({
    code: 'providerError',
    message: `${where(route)} sent an answer of more than ${maxBytes / 1024 / 1024} MiB.`,
    hint: 'Limit its length with max_tokens or limits.maxOutputTokens.',
    retryable: false,
    ...(text && { text: cutText(text, keptChars) }),
  })
}

/** Returns the first error with a code, such as `ECONNREFUSED`, in a chain of causes. */
function rootOf(cause: unknown): (Error & { code: string }) | undefined {
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; depth++) {
    if ('code' in error && typeof error.code === 'string') return error as Error & { code: string }
    error = error instanceof AggregateError ? error.errors[0] : error.cause
  }
  return undefined
}

function systemCode(cause: unknown): string | undefined {
  return rootOf(cause)?.code
}

/** Returns whether the failure occurred before any byte of the request could reach the server. */
export function failedBeforeSend(cause: unknown): boolean {
  if (proxyErrorIn(cause)?.sent === false) return true
  const root = rootOf(cause)
  return connectFailure.test(root?.code ?? '') || isCertificateFault(root)
}
