import { messagesBase } from '../../routes/anthropic.js'
import type { Route } from '../../routes/route.js'
import { rawPredictUrl } from '../raw-predict.js'
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
export function endpointOf(route: Route, stream: boolean): Endpoint {
  if (route.rawPredict) return { url: rawPredictUrl(route, stream), headers: headersOf(route) }
  let endpoint = endpoints.get(route)
  if (!endpoint) {
    const url = new URL(`${messagesBase(route.baseUrl)}/v1/messages`)
    for (const [name, value] of Object.entries(route.query ?? {})) url.searchParams.set(name, value)
    endpoint = { url, headers: headersOf(route) }
    endpoints.set(route, endpoint)
  }
  return endpoint
}

function headersOf(route: Route): Record<string, string> {
  return { ...requestHeaders(route), 'anthropic-version': anthropicVersion }
}
