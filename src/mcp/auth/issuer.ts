import type { OAuthConfig } from '../../config/http.js'
import { isJsonObject } from '../../util/json.js'
import { networkFetch } from '../../util/network/fetch.js'

/**
 * Where an authorization server publishes its keys: as configured, else as its own metadata says
 * (RFC 8414, OpenID Connect Discovery). Fails where neither can be had.
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
  // Metadata that names another issuer is not this one's (RFC 8414, section 3.3).
  if (!isJsonObject(metadata) || metadata.issuer !== issuer) throw new Error(`${address}: no use`)
  const { protocol } = new URL(String(metadata.jwks_uri))
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol)
    throw new Error(`${address}: keys in the open`)
  return String(metadata.jwks_uri)
}
