import { version } from '../../version.js'
import type { Route } from '../routes/route.js'

/** Returns the headers that every request of a route has: the body format and the key. */
export function requestHeaders({
  apiKey,
  auth = 'bearer',
  traits,
  headers: own,
}: Route): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': `litellm-agents-mcp/${version}`,
    ...own,
  }
  if (apiKey === undefined) return headers
  if (auth === 'bearer') headers.authorization = `Bearer ${apiKey}`
  else headers[auth] = apiKey
  if (traits.keyHeader) headers[traits.keyHeader] = apiKey
  return headers
}
