import type { OAuthConfig } from '../../config/http.js'
import { isJsonObject } from '../../util/json.js'
import { networkFetch } from '../../util/network/fetch.js'

/**
 * Returns the URL of an authorization server's keys: the configured one, or the one in the
 * server's metadata (RFC 8414, OpenID Connect Discovery). Throws if neither is available.
 */
export async function keySetAddress(
  { issuer, jwksUri }: OAuthConfig,
  timeoutMs: number,
): Promise<string> {
  if (jwksUri !== undefined) return jwksUri
  const tried: unknown[] = []
  for (const address of metadataAddresses(issuer)) {
    try {
      return await keySetIn(address, issuer, timeoutMs)
    } catch (error) {
      tried.push(error)
    }
  }
  throw new AggregateError(tried, `No metadata of ${issuer} says where its keys are.`)
}

function metadataAddresses(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

async function keySetIn(address: string, issuer: string, timeoutMs: number): Promise<string> {
  const response = await networkFetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const metadata: unknown = response.ok ? await response.json() : undefined
  // Metadata that names another issuer must not be used (RFC 8414, section 3.3).
  if (!isJsonObject(metadata) || metadata.issuer !== issuer) throw new Error(`${address}: no use`)
  const { protocol } = new URL(String(metadata.jwks_uri))
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol)
    throw new Error(`${address}: keys in the open`)
  return String(metadata.jwks_uri)
}
