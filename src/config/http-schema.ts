import * as z from 'zod'
import { minTokenLength, tokenProblems } from './bearer-token.js'
import { oauthPrefix, unnamedCallers } from './http.js'
import { strict } from './strict.js'

const text = z.string().min(1)
const globs = z.array(z.string())
const wholePositive = z.int().positive()

const allowance = strict({
  agents: globs.exactOptional(),
  modelIds: globs.exactOptional(),
  tools: globs.exactOptional(),
  requestsPerMinute: wholePositive.exactOptional(),
  maxConcurrentRuns: wholePositive.exactOptional(),
  tokensPerDay: wholePositive.exactOptional(),
  usdPerDay: z.number().positive().exactOptional(),
})

/** Its rules stay out of the schema that editors have, to whom it is the name of a variable. */
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
  operator: z.boolean().exactOptional().describe("Sees everybody's runs in the dashboard."),
  allow: allowance.exactOptional(),
})

const principals = z.record(z.string(), principal).superRefine((given, context) => {
  const problem = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message, input: given })
  for (const [name, { token, tokenSha256 }] of Object.entries(given)) {
    const tokens = [token, tokenSha256].filter((one) => one !== undefined).length
    if (unnamedCallers.includes(name)) problem([name], 'is a name the server uses itself')
    else if (!/^[\w@.:/|-]{1,200}$/.test(name)) problem([name], 'is no name')
    else if (name.startsWith(oauthPrefix)) {
      if (tokens > 0) problem([name], 'has the token that its issuer gives; leave token out')
    } else if (tokens !== 1) problem([name], 'needs token or tokenSha256, one of them')
  }
})

/** Tokens and keys travel in the open on plain http; it is for this machine only. */
const safeUrl = z.url().refine((url) => isSafe(new URL(url)), { error: 'must be an https address' })

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
  allowedHosts: z.array(text).exactOptional(),
  allowedOrigins: z.array(text).exactOptional(),
  principals: principals.exactOptional(),
  oauth: oauth.exactOptional(),
  allow: allowance.exactOptional(),
})

function isSafe({ protocol, hostname }: URL): boolean {
  const thisMachine = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol === 'https:' || (protocol === 'http:' && thisMachine)
}
