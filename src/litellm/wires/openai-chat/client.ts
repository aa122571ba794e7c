import type OpenAI from 'openai'
import type { Route } from '../../route.js'

const maxClients = 64
const clients = new Map<string, OpenAI>()
let vendor: Promise<typeof OpenAI> | undefined

/**
 * The vendor's client of a route: loaded with the first call, then kept, and its connections with
 * it, for every model that goes the same way.
 */
export async function openaiClient(
  route: Route,
): Promise<{ client: OpenAI; vendor: typeof OpenAI }> {
  vendor ??= import('openai').then((module) => module.default)
  const Vendor = await vendor
  const baseURL = route.baseUrl || (await offlineUrl())
  const key = JSON.stringify([baseURL, route.apiKey, route.traits.keyHeader])
  let client = clients.get(key)
  if (!client) {
    client = newClient(Vendor, route, baseURL)
    const oldest = clients.size >= maxClients ? clients.keys().next().value : undefined
    if (oldest !== undefined) clients.delete(oldest)
    clients.set(key, client)
  }
  return { client, vendor: Vendor }
}

function newClient(Vendor: typeof OpenAI, { apiKey, traits }: Route, baseURL: string): OpenAI {
  return new Vendor({
    baseURL,
    apiKey: apiKey ?? 'none',
    // An account of OpenAI's is nobody else's business, and retries and time-outs are ours.
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    defaultHeaders: {
      ...(apiKey === undefined && { authorization: null }),
      ...(apiKey !== undefined && traits.keyHeader && { [traits.keyHeader]: apiKey }),
    },
  })
}

async function offlineUrl(): Promise<string> {
  const { offlineBaseUrl } = await import('../../offline/index.js')
  return offlineBaseUrl()
}
