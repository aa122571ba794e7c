import * as z from 'zod'
import { minTokenLength, tokenProblems } from './bearer-token.js'
import { hostProblem, originProblem } from './origins.js'
import type { ConfigProblem } from './problems.js'
import { strict } from './strict.js'

type Environment = Readonly<Record<string, string | undefined>>

interface HttpFlags {
  host?: string
  port?: number
}

/** Principal names reserved for stdio, unauthenticated and single-token callers. */
export const unnamedCallers = ['local', 'anonymous', 'token']

/** The prefix of principals from OAuth tokens, so that none can pass for a configured principal. */
export const oauthPrefix = 'oauth/'

const text = z.string().min(1)

/** A text that a function has no problem with. */
function checked(problemOf: (text: string) => string | undefined) {
  return text.superRefine((given, context) => {
    const message = problemOf(given)
    if (message !== undefined) context.addIssue({ code: 'custom', message, input: given })
  })
}

const globs = z.array(z.string())

const wholePositive = z.int().positive()

/** What a caller may use, and how much of it. A list that is missing sets no limit. */
const allowance = strict({
  /** Globs of agent names. A call without an agent has the empty name. */
  agents: globs.exactOptional(),
  /** Globs of route ids, `provider/model`. */
  modelIds: globs.exactOptional(),
  /** Globs of the server's tools, and of the tools that a caller may give to an agent. */
  tools: globs.exactOptional(),
  requestsPerMinute: wholePositive.exactOptional(),
  maxConcurrentRuns: wholePositive.exactOptional(),
  tokensPerDay: wholePositive.exactOptional(),
  usdPerDay: z.number().positive().exactOptional(),
  unknownCostUsd: z.number().positive().exactOptional(),
})

/** A refinement keeps the rules out of the schema for editors, where the token is the name of a variable. */
const token = z.string().superRefine((given, context) => {
  for (const message of tokenProblems(given, minTokenLength))
    context.addIssue({ code: 'custom', message, input: given })
})

const principal = strict({
  token: token.exactOptional(),
  tokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be a SHA-256 in hexadecimal, 64 digits')
    .exactOptional(),
  operator: z
    .boolean()
    .exactOptional()
    .describe('Whether the principal sees all runs in the dashboard.'),
  allow: allowance.exactOptional(),
})

const principals = z.record(z.string(), principal).superRefine((given, context) => {
  const problem = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message, input: given })
  for (const [name, { token, tokenSha256 }] of Object.entries(given)) {
    const tokens = [token, tokenSha256].filter((one) => one !== undefined).length
    if (unnamedCallers.includes(name)) problem([name], 'is a reserved name')
    else if (!/^[\w@.:/|-]{1,200}$/.test(name))
      problem([name], 'must have 1 to 200 letters, digits and @ . : / | _ -')
    else if (name.startsWith(oauthPrefix)) {
      if (tokens > 0) problem([name], 'gets its token from the issuer; leave token out')
    } else if (tokens !== 1) problem([name], 'must have exactly one of the keys token, tokenSha256')
  }
})

/** An https URL. Plain http is accepted for this machine only, because it sends tokens unencrypted. */
const safeUrl = z.url().refine(isSafe, { error: 'must be an https URL' })

const oauth = strict({
  issuer: safeUrl,
  resource: safeUrl,
  audience: z.union([text, z.array(text).min(1)]).exactOptional(),
  jwksUri: safeUrl.exactOptional(),
  requiredScopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).exactOptional(),
  principalClaim: text.exactOptional(),
})

export const httpSchema = strict({
  host: text.exactOptional(),
  port: z.int().min(0).max(65535).exactOptional(),
  maxBodyBytes: wholePositive.exactOptional(),
  maxConnections: wholePositive.exactOptional(),
  allowedHosts: z.array(checked(hostProblem)).exactOptional(),
  allowedOrigins: z.array(checked(originProblem)).exactOptional(),
  principals: principals.exactOptional(),
  oauth: oauth.exactOptional(),
  allow: allowance.exactOptional(),
})

export type CallerAllowance = z.infer<typeof allowance>

export type PrincipalConfig = z.infer<typeof principal> & { allow: CallerAllowance }

/** The issuer whose tokens the server accepts as an OAuth 2.1 resource server. */
export interface OAuthConfig {
  issuer: string
  /** The public address of this server's /mcp, by which clients name it (RFC 8707). */
  resource: string
  /** The values that a token's `aud` must contain. */
  audience: string[]
  jwksUri?: string
  requiredScopes: string[]
  /** The claim that names the caller. */
  principalClaim: string
}

export interface HttpConfig {
  host: string
  port: number
  maxBodyBytes: number
  maxConnections: number
  allowedHosts: string[]
  allowedOrigins: string[]
  /** The bearer token of a server that has one caller. */
  authToken?: string
  principals: Readonly<Record<string, PrincipalConfig>>
  oauth?: OAuthConfig
  /** The allowance of every HTTP caller; a principal's own allowance overrides it, key by key. */
  allow: CallerAllowance
}

type HttpFile = z.infer<typeof httpSchema>

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}

/** Returns the problems of the token in the environment. It may be short only if the server is local. */
export function authTokenProblems(
  file: HttpFile | undefined,
  env: Environment,
  flags: HttpFlags,
): ConfigProblem[] {
  const { authToken, host } = resolveHttp(file ?? {}, env, flags)
  if (authToken === undefined) return []
  const minLength = isLoopback(host) ? 0 : minTokenLength
  return tokenProblems(authToken, minLength).map((message) => ({
    path: ['LITELLM_AGENTS_AUTH_TOKEN'],
    message,
  }))
}

/** Returns the settings of the HTTP server, with defaults. Pure. */
export function resolveHttp(file: HttpFile, env: Environment, flags: HttpFlags): HttpConfig {
  const authToken = env.LITELLM_AGENTS_AUTH_TOKEN || undefined
  const named = Object.entries(file.principals ?? {})
  return {
    host: flags.host ?? file.host ?? '127.0.0.1',
    port: flags.port ?? file.port ?? 3333,
    maxBodyBytes: file.maxBodyBytes ?? 4 * 1024 * 1024,
    maxConnections: file.maxConnections ?? 2_000,
    allowedHosts: file.allowedHosts ?? [],
    allowedOrigins: file.allowedOrigins ?? [],
    ...(authToken !== undefined && { authToken }),
    principals: Object.fromEntries(named.map(([name, one]) => [name, { allow: {}, ...one }])),
    ...(file.oauth && { oauth: resolveOAuth(file.oauth) }),
    allow: file.allow ?? {},
  }
}

function resolveOAuth({ audience, ...given }: NonNullable<HttpFile['oauth']>): OAuthConfig {
  return {
    requiredScopes: [],
    principalClaim: 'sub',
    ...given,
    audience: audience === undefined ? [given.resource] : [audience].flat(),
  }
}

function isSafe(url: string): boolean {
  // The schema reports what is not a URL at all.
  if (!URL.canParse(url)) return true
  const { protocol, hostname } = new URL(url)
  const isThisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isThisMachine)
}
