import type OpenAI from 'openai'
import type { Route } from '../../route.js'
import { ClientCache } from '../client-cache.js'

const clients = new ClientCache<OpenAI>()
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
  const { apiKey, traits, auth, query } = route
  const client = clients.get([baseURL, apiKey, traits.keyHeader, auth, query], () =>
    newClient(Vendor, route, baseURL),
  )
  return { client, vendor: Vendor }
}

function newClient(Vendor: typeof OpenAI, route: Route, baseURL: string): OpenAI {
  const { apiKey, traits, auth = 'bearer', query } = route
  return new Vendor({
    baseURL,
    apiKey: apiKey ?? 'none',
    // An account of OpenAI's is nobody else's business, and retries and time-outs are ours.
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    ...(query && { defaultQuery: { ...query } }),
    defaultHeaders: {
      ...((apiKey === undefined || auth !== 'bearer') && { authorization: null }),
      ...(apiKey !== undefined && auth !== 'bearer' && { [auth]: apiKey }),
      ...(apiKey !== undefined && traits.keyHeader && { [traits.keyHeader]: apiKey }),
    },
  })
}

async function offlineUrl(): Promise<string> {
  const { offlineBaseUrl } = await import('../../offline/index.js')
  return offlineBaseUrl()
}
