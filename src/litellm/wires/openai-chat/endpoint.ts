import type { Route } from '../../routes/route.js'
import { rawPredictUrl } from '../raw-predict.js'
import { requestHeaders } from '../request-headers.js'

export interface Endpoint {
  url: URL
  headers: Readonly<Record<string, string>>
}

const endpoints = new WeakMap<Route, Endpoint>()

/** Returns the URL and headers of a route's requests. They are created once for each route. */
export async function endpointOf(route: Route, stream = true): Promise<Endpoint> {
  if (route.rawPredict) return { url: rawPredictUrl(route, stream), headers: requestHeaders(route) }
  let endpoint = endpoints.get(route)
  if (!endpoint) {
    endpoint = { url: await urlOf(route), headers: requestHeaders(route) }
    endpoints.set(route, endpoint)
  }
  return endpoint
}

async function urlOf({ kind, wire, baseUrl, query }: Route): Promise<URL> {
  const base = kind === 'offline' ? await offlineUrl() : baseUrl
  const url = new URL(base + (wire === 'openai-responses' ? '/responses' : '/chat/completions'))
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  return url
}

async function offlineUrl(): Promise<string> {
  const { offlineBaseUrl } = await import('../../offline/index.js')
  return offlineBaseUrl()
}
