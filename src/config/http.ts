import { minTokenLength, tokenProblems } from './bearer-token.js'
import type { ConfigProblem } from './problems.js'
import type { FileContent } from './schema.js'

type Environment = Readonly<Record<string, string | undefined>>

interface HttpFlags {
  host?: string
  port?: number
}

/** What one caller may use, and how much of it. A list that is absent is no bound. */
export interface CallerAllowance {
  /** Globs on profiles' names; a call that names no profile has the empty name. */
  agents?: string[]
  /** Globs on a route's id, `provider/model`. */
  modelIds?: string[]
  /** Globs on the names of this server's tools, and of those a caller may give to an agent. */
  tools?: string[]
  requestsPerMinute?: number
  maxConcurrentRuns?: number
  tokensPerDay?: number
  usdPerDay?: number
}

export interface PrincipalConfig {
  /** The token itself, from the environment. */
  token?: string
  /** Its SHA-256, in hexadecimal. */
  tokenSha256?: string
  /** May see everybody's runs in the dashboard. */
  operator?: boolean
  allow: CallerAllowance
}

/** Whose tokens the server takes as an OAuth 2.1 resource server. */
export interface OAuthConfig {
  issuer: string
  /** The public address of this server's /mcp, by which clients name it (RFC 8707). */
  resource: string
  /** What a token's `aud` must hold. */
  audience: string[]
  jwksUri?: string
  requiredScopes: string[]
  /** The claim that says who the caller is. */
  principalClaim: string
}

export interface HttpConfig {
  host: string
  port: number
  maxBodyBytes: number
  maxConnections: number
  allowedHosts: string[]
  allowedOrigins: string[]
  /** The token of a server with one caller. */
  authToken?: string
  principals: Readonly<Record<string, PrincipalConfig>>
  oauth?: OAuthConfig
  /** What every caller over HTTP may use; a principal's own goes before it, key by key. */
  allow: CallerAllowance
}

/** Whoever comes over stdin, without a token, and with the one token of the environment. */
export const unnamedCallers = ['local', 'anonymous', 'token']

/** Callers' names come from elsewhere under this prefix, so that none can pass for a named principal. */
export const oauthPrefix = 'oauth/'

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}

/** What is wrong with the token of the environment. A short one is for this machine only. */
export function authTokenProblems(
  file: FileContent['http'],
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

/** The part of the configuration for the HTTP door, with its defaults. Pure. */
export function resolveHttp(
  file: NonNullable<FileContent['http']>,
  env: Environment,
  flags: HttpFlags,
): HttpConfig {
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

function resolveOAuth({
  audience,
  ...given
}: NonNullable<NonNullable<FileContent['http']>['oauth']>): OAuthConfig {
  return {
    requiredScopes: [],
    principalClaim: 'sub',
    ...given,
    audience: audience === undefined ? [given.resource] : [audience].flat(),
  }
}
