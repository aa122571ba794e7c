import type { ServerResponse } from 'node:http'
import type { OAuthConfig } from '../../config/http.js'
import type { AuthRefusal } from '../auth/auth-result.js'
import { refuse } from './send-reply.js'

const metadataPath = '/.well-known/oauth-protected-resource'

/** Refuses a caller, and says how its client can authenticate (RFC 6750, RFC 9728). */
export function challenge(
  response: ServerResponse,
  { status, error, message, hint }: AuthRefusal,
  oauth: OAuthConfig | undefined,
): void {
  if (status === 503) response.setHeader('retry-after', '5')
  else {
    const parameters = Object.entries({
      ...(error && { error, error_description: message.replaceAll('"', "'") }),
      ...(oauth && oauth.requiredScopes.length > 0 && { scope: oauth.requiredScopes.join(' ') }),
      ...(oauth && { resource_metadata: metadataAddress(oauth) }),
    })
    const quoted = parameters.map(([name, value]) => `${name}="${value}"`)
    response.setHeader('www-authenticate', ['Bearer', quoted.join(', ')].join(' ').trim())
  }
  const code = status === 403 ? 'permission' : status === 503 ? 'connection' : 'authentication'
  refuse(response, status, { code, message, hint, retryable: status === 503 })
}

/** Returns the protected resource metadata (RFC 9728), which names the issuer of accepted tokens. */
export function resourceMetadata({ issuer, requiredScopes, resource }: OAuthConfig): object {
  return {
    resource,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    ...(requiredScopes.length > 0 && { scopes_supported: requiredScopes }),
    resource_name: 'LiteLLM Agents',
  }
}

/** Returns the paths where clients look for the metadata: below the well-known path, and at it. */
export function metadataPaths({ resource }: OAuthConfig): string[] {
  const { pathname } = new URL(resource)
  return [metadataPath, `${metadataPath}/mcp`, `${metadataPath}${pathname === '/' ? '' : pathname}`]
}

function metadataAddress({ resource }: OAuthConfig): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}${metadataPath}${pathname === '/' ? '' : pathname}`
}
