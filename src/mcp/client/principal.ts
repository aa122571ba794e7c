import type { McpRequestContext } from '@modelcontextprotocol/server'
import { localPrincipal } from '../../policy/allowance.js'

/** Who is behind a request. */
export function principalOf({ authInfo }: Pick<McpRequestContext, 'authInfo'>): string {
  return authInfo?.clientId ?? localPrincipal
}
