import type Anthropic from '@anthropic-ai/sdk'
import { Lru } from '../../../util/lru.js'
import { messagesBase } from '../../routes/anthropic.js'
import type { Route } from '../../routes/route.js'

let vendor: Promise<typeof Anthropic> | undefined
const clients = new Lru<Anthropic>(64)

/** The vendor's client of a route: loaded with the first call, then kept, and its connections with it. */
export async function anthropicClient(
  route: Route,
): Promise<{ client: Anthropic; vendor: typeof Anthropic }> {
  vendor ??= import('@anthropic-ai/sdk').then((module) => module.default)
  const Vendor = await vendor
  const client = clients.get(JSON.stringify([route.baseUrl, route.apiKey, route.auth]), () => {
    // LiteLLM's proxy reads either header; a key in the wrong one of Anthropic's is refused.
    const bearer = route.kind === 'proxy' || route.auth === 'bearer'
    return new Vendor({
      baseURL: messagesBase(route.baseUrl),
      apiKey: bearer ? null : (route.apiKey ?? null),
      authToken: bearer ? (route.apiKey ?? null) : null,
      maxRetries: 0,
      timeout: 2 ** 31 - 1,
      logLevel: 'off',
    })
  })
  return { client, vendor: Vendor }
}
