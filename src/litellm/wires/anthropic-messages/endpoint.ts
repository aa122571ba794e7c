import { messagesBase } from '../../routes/anthropic.js'
import type { Route } from '../../routes/route.js'
import { requestHeaders } from '../request-headers.js'
import type { WireRequest } from '../send.js'

/**
 * The latest API version that accepts `temperature` for every Claude. `extra_headers` can set
 * another.
 */
const anthropicVersion = '2023-06-01'

type Endpoint = Omit<WireRequest, 'body'>

const endpoints = new WeakMap<Route, Endpoint>()

/** Returns the URL and headers of a route's requests. They are created once for each route. */
export function endpointOf(route: Route): Endpoint {
  let endpoint = endpoints.get(route)
  if (!endpoint) {
    const url = new URL(`${messagesBase(route.baseUrl)}/v1/messages`)
    for (const [name, value] of Object.entries(route.query ?? {})) url.searchParams.set(name, value)
    const headers = { ...requestHeaders(route), 'anthropic-version': anthropicVersion }
    endpoint = { url, headers }
    endpoints.set(route, endpoint)
  }
  return endpoint
}
