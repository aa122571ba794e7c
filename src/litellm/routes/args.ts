import { configurationError } from '../../agent/errors.js'
import type { JsonObject, JsonValue } from '../../util/json.js'
import { asVerify, type Verify } from '../../util/network/trust.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Holds LiteLLM's client arguments by their LiteLLM names. */
export type ClientArgs = Readonly<JsonObject>

/** Holds the checked `clientArgs` that determine a route. */
export interface RouteArgs {
  readonly apiKey: string | undefined
  readonly apiBase: string | undefined
  readonly useProxy: boolean | undefined
  /** The value of `clientArgs.wire`, which selects one of a proxy's two wires. */
  readonly wire: 'openai' | 'anthropic' | undefined
  /** The value of LiteLLM's `ssl_verify`. */
  readonly verify: Verify
  readonly all: ClientArgs
}

export function routeArgs(clientArgs: ClientArgs): RouteArgs {
  const { use_litellm_proxy: useProxy, wire } = clientArgs
  if (useProxy !== undefined && useProxy !== null && typeof useProxy !== 'boolean')
    throw configurationError(
      'clientArgs.use_litellm_proxy must be true or false.',
      'Set it to true to call a LiteLLM Proxy.',
    )
  if (wire !== undefined && wire !== 'openai' && wire !== 'anthropic')
    throw configurationError(
      'clientArgs.wire must be "openai" or "anthropic".',
      'Leave it out for the OpenAI chat wire; "anthropic" speaks /v1/messages to a proxy.',
    )
  const apiBase = textArg(clientArgs, 'api_base') ?? textArg(clientArgs, 'base_url')
  const apiKey = textArg(clientArgs, 'api_key')
  const verify = verifyArg(clientArgs)
  return { apiKey, apiBase, useProxy: useProxy ?? undefined, wire, verify, all: clientArgs }
}

function verifyArg({ ssl_verify: value }: ClientArgs): Verify {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'boolean' || typeof value === 'string') return asVerify(value)
  throw configurationError(
    'clientArgs.ssl_verify must be true, false or the path of a file of certificates.',
    'Set clientArgs.ssl_verify to a PEM file with the authorities to trust.',
  )
}

/**
 * Returns a text argument without surrounding white space. Pasted values and file contents often
 * end in a line break.
 */
export function textArg(args: ClientArgs, key: string): string | undefined {
  const value: JsonValue | undefined = args[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value.trim() || undefined
  throw configurationError(`clientArgs.${key} must be a string.`, `Give clientArgs.${key} as text.`)
}

/** Holds a value and its source: the name of an argument or environment variable. */
export interface Found {
  value: string
  source: string
}

/** Returns the argument if it is set, and otherwise the first environment variable that is set. */
export function findText(
  argument: { name: string; value: string | undefined },
  variables: readonly string[],
  env: Environment,
): Found | undefined {
  if (argument.value !== undefined)
    return { value: argument.value, source: `clientArgs.${argument.name}` }
  for (const source of variables) {
    const value = env[source]?.trim()
    if (value) return { value, source }
  }
  return undefined
}

/**
 * Returns a key in the same way as `findText`. Throws `configuration` if the key is malformed,
 * before a header error could quote it.
 */
export function findKey(
  argument: { name: string; value: string | undefined },
  variables: readonly string[],
  env: Environment,
): Found | undefined {
  const key = findText(argument, variables, env)
  return key && { ...key, value: checkKey(key) }
}

/** Returns an argument that contains a key or part of one. */
export function keyArg(args: ClientArgs, name: string): string | undefined {
  const value = textArg(args, name)
  return value && checkKey({ value, source: `clientArgs.${name}` })
}

function checkKey({ value, source }: Found): string {
  if (isHeaderText(value)) return value
  throw configurationError(
    `The key in ${source} has a line break or another character that no key can have.`,
    `Copy the key once more into ${source}: in one line, and without typographic characters.`,
  )
}

/** The endpoints that wires append themselves. People paste them with the base URL. */
const endpoint = /\/(chat\/completions|completions|responses|messages)$/

/**
 * Returns a base URL without its query, its trailing slash and the name of an endpoint. Throws
 * `configuration` if the URL is not valid.
 */
export function checkUrl(base: string): string {
  const trimmed = trimSlash(base)
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined
  if (url?.username || url?.password)
    throw configurationError(
      'The base URL holds a user name or password.',
      'Take them out of the URL and give the key in clientArgs.api_key.',
    )
  if (url && /^https?:$/.test(url.protocol))
    return trimSlash(trimSlash(trimmed.replace(/[?#].*$/s, '')).replace(endpoint, ''))
  throw configurationError(
    'The base URL is not a valid http or https URL.',
    'Give it in full, such as http://127.0.0.1:4000.',
  )
}

/** Returns the query of a base URL, such as a gateway's `api-version`; `undefined` if it has none. */
export function queryOf(base: string): Record<string, string> | undefined {
  if (!URL.canParse(base)) return undefined
  const query = Object.fromEntries(new URL(base).searchParams)
  return Object.keys(query).length > 0 ? query : undefined
}

export function trimSlash(base: string): string {
  return base.replace(/\/+$/, '')
}

export function missingKey(what: string, variables: readonly string[]) {
  return configurationError(
    `No key is given for ${what}.`,
    `Set ${variables.join(' or ')} or clientArgs.api_key.`,
  )
}

/** Returns whether a header can contain this text unchanged: Latin-1 without control characters. */
export function isHeaderText(text: string): boolean {
  return /^[\x20-\x7e\xa0-\xff]*$/.test(text)
}
