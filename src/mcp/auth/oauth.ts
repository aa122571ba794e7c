import type { JWTPayload, JWTVerifyGetKey, JWTVerifyResult } from 'jose'
import { type OAuthConfig, oauthPrefix } from '../../config/http.js'
import { networkFetch } from '../../util/network/fetch.js'
import { type AuthRefusal, type AuthResult, invalidToken } from './auth-result.js'
import { keySetAddress } from './issuer.js'

/** Signed with a private key of the issuer; what anybody with a public key could have made is none. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const clockSkewSeconds = 30
const fetchMs = 5_000
/** An issuer that did not answer is not asked again for so long: strangers' tokens would hammer it. */
const pauseMs = 5_000
/** While the issuer does not answer, its last keys are used for so long. */
const outageMs = 24 * 60 * 60 * 1000
const maxNameLength = 200
/** Names go to logs and pages, so they have no control characters or line breaks. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]+$/u
/** The types of access tokens: the standard's (RFC 9068), and the one that most issuers use. */
const accessTokenTypes = ['at+jwt', 'jwt']

/** Fetching the keys failed: it is not the token's fault. */
class IssuerUnavailable extends Error {}

/** Checks JWT access tokens of one issuer, made for this server. `jose` is loaded with the first one. */
export function oauthTokens(config: OAuthConfig): (token: string) => Promise<AuthResult> {
  let verifier: Promise<Verify> | undefined
  let pausedUntil = 0
  return async (token) => {
    // A stranger's text costs no more than this look.
    if (token.split('.').length !== 3) return invalidToken('The bearer token is not valid.', getNew)
    if (!verifier && Date.now() < pausedUntil) return unavailable
    try {
      verifier ??= loadVerifier(config).catch((error) => {
        verifier = undefined
        pausedUntil = Date.now() + pauseMs
        throw error
      })
      const verify = await verifier
      return judge(await verify(token), config)
    } catch (error) {
      return error instanceof IssuerUnavailable ? unavailable : invalidToken(reason(error), getNew)
    }
  }
}

const getNew = 'Get a new access token for this server from its authorization server.'

const unavailable: AuthRefusal = {
  status: 503,
  message: 'The keys of the authorization server cannot be fetched now.',
  hint: 'Try again in some seconds; if it stays, the operator must look at http.oauth.',
}

type Verify = (token: string) => Promise<JWTVerifyResult>

async function loadVerifier(config: OAuthConfig): Promise<Verify> {
  const [{ createLocalJWKSet, createRemoteJWKSet, customFetch, jwtVerify }, address] =
    await Promise.all([import('jose'), keySetAddress(config, fetchMs).catch(toUnavailable)])
  const keys = createRemoteJWKSet(new URL(address), {
    timeoutDuration: fetchMs,
    [customFetch]: networkFetch,
  })
  let fetchedAt = 0
  let pausedUntil = 0
  const key: JWTVerifyGetKey = async (header, token) => {
    if (Date.now() >= pausedUntil)
      try {
        const found = await keys(header, token)
        if (keys.fresh) fetchedAt = Date.now()
        return found
      } catch (error) {
        if (isAboutToken(error)) throw error
        pausedUntil = Date.now() + pauseMs
      }
    // A token with an unknown key must not cost the others the keys that are known.
    const known = keys.jwks()
    if (!known || Date.now() - fetchedAt > outageMs) throw new IssuerUnavailable('no keys')
    return createLocalJWKSet(known)(header, token).catch((error) => {
      throw new IssuerUnavailable('not among the known keys', { cause: error })
    })
  }
  const { issuer, audience } = config
  return (token) =>
    jwtVerify(token, key, {
      issuer,
      audience,
      algorithms,
      requiredClaims: ['exp'],
      clockTolerance: clockSkewSeconds,
    })
}

function judge(
  { payload, protectedHeader }: JWTVerifyResult,
  { principalClaim, requiredScopes }: OAuthConfig,
): AuthResult {
  const type = (protectedHeader.typ ?? 'jwt').toLowerCase().replace('application/', '')
  if (!accessTokenTypes.includes(type))
    return invalidToken('The bearer token is not an access token (typ).', getNew)
  // The proof of the key (DPoP, mTLS) is not checked, so a stolen token would pass.
  if (payload.cnf !== undefined)
    return invalidToken('The access token is bound to a key (cnf), which is not supported.', getNew)
  const name = payload[principalClaim]
  if (typeof name !== 'string' || name.length > maxNameLength || !printable.test(name))
    return invalidToken(`The access token does not say who calls (${principalClaim}).`, getNew)
  const granted = scopesOf(payload)
  const missing = requiredScopes.filter((scope) => !granted.includes(scope))
  if (missing.length === 0) return { principal: `${oauthPrefix}${name}` }
  return {
    status: 403,
    error: 'insufficient_scope',
    message: `The access token lacks the scope ${missing.join(' ')}.`,
    hint: `Ask for an access token with the scopes ${requiredScopes.join(' ')}.`,
  }
}

/** `scope` is the standard's (RFC 9068), `scp` some issuers' own. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  if (typeof scope === 'string') return scope.split(' ')
  if (typeof scp === 'string') return scp.split(' ')
  return Array.isArray(scp) ? scp.filter((one) => typeof one === 'string') : []
}

/** Said in our words: the library's may quote the token. */
function reason(error: unknown): string {
  const claim = error instanceof Error && 'claim' in error ? String(error.claim) : ''
  switch (codeOf(error)) {
    case 'ERR_JWT_EXPIRED':
      return 'The access token has expired.'
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return claimReasons[claim] ?? `The access token has a wrong or no ${claim}.`
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
    case 'ERR_JOSE_NOT_SUPPORTED':
      return 'The access token is signed with an algorithm that is not taken.'
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
    case 'ERR_JWKS_NO_MATCHING_KEY':
      return 'The access token was not signed by the authorization server.'
    default:
      return 'The bearer token is not valid.'
  }
}

const claimReasons: Readonly<Record<string, string>> = {
  aud: 'The access token was made for another server (aud).',
  iss: 'The access token is of another authorization server (iss).',
  nbf: 'The access token is not valid yet (nbf).',
  exp: 'The access token has no end (exp).',
}

function isAboutToken(error: unknown): boolean {
  return [
    'ERR_JWKS_NO_MATCHING_KEY',
    'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
    'ERR_JOSE_NOT_SUPPORTED',
  ].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function toUnavailable(error: unknown): never {
  throw new IssuerUnavailable('no address of the keys', { cause: error })
}
