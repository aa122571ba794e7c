import type { Route } from '../routes/route.js'

/** Returns the URL of a call of a model whose own API Vertex AI passes on. */
export function rawPredictUrl({ baseUrl, query }: Route, stream: boolean): URL {
  const url = new URL(`${baseUrl}:${stream ? 'streamRawPredict' : 'rawPredict'}`)
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  return url
}
