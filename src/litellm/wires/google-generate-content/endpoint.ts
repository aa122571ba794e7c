import type { Route } from '../../routes/route.js'
import { requestHeaders } from '../request-headers.js'

interface Endpoint {
  stream: URL
  once: URL
  headers: Readonly<Record<string, string>>
}

const endpoints = new WeakMap<Route, Endpoint>()

/** Returns the URLs and headers of a route's requests. They are created once for each route. */
export function endpointOf(route: Route): Endpoint {
  let endpoint = endpoints.get(route)
  if (!endpoint) {
    endpoint = {
      stream: new URL(generateUrl(route, true)),
      once: new URL(generateUrl(route, false)),
      headers: requestHeaders(route),
    }
    endpoints.set(route, endpoint)
  }
  return endpoint
}

/** Returns the URL of a call, as text for a person and for the request. */
export function generateUrl({ baseUrl, provider, model, query }: Route, stream: boolean): string {
  const name = encodeURIComponent(model).replaceAll('%40', '@')
  const maker = provider === 'vertex_ai' ? vertexFolder(model) : '/models'
  const method = stream ? 'streamGenerateContent' : 'generateContent'
  const search = new URLSearchParams({ ...query, ...(stream && { alt: 'sse' }) }).toString()
  return `${baseUrl}${maker}/${name}:${method}${search && `?${search}`}`
}

/** A tuned model has a number for a name and an endpoint of its own. */
function vertexFolder(model: string): string {
  return /^\d+$/.test(model) ? '/endpoints' : '/publishers/google/models'
}
