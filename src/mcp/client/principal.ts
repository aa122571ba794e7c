import type { McpRequestContext } from '@modelcontextprotocol/server'
import { localPrincipal } from '../../policy/allowance.js'

/** Returns the principal of a request; over stdio it is the local user. */
export function principalOf({ authInfo }: Pick<McpRequestContext, 'authInfo'>): string {
  return authInfo?.clientId ?? localPrincipal
}
