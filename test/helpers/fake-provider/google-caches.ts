import type { Answer } from './delivery.js'
import { type GoogleCaches, tokensOf } from './google-request.js'
import { googleError } from './google-wire.js'
import type { RecordedRequest } from './types.js'

/** Answers requests of `cachedContents`; `undefined` if the request is another one. */
export function cachesAnswer(
  { method, path, body }: RecordedRequest,
  caches: GoogleCaches,
  minTokens: number,
): Answer | undefined {
  if (!/\/cachedContents(\?|$)/.test(path)) return undefined
  if (method === 'GET') {
    const cachedContents = [...caches].map(([name, { displayName }]) => ({ name, displayName }))
    return answer(200, { cachedContents })
  }
  const tokens = tokensOf(body)
  if (tokens < minTokens)
    return answer(
      400,
      googleError(
        400,
        `Cached content is too small. total_token_count=${tokens}, min_total_token_count=${minTokens}`,
      ),
    )
  const name = `cachedContents/fake-${caches.size + 1}`
  caches.set(name, { displayName: String(body.displayName), tokens, content: body })
  return answer(200, { name, model: body.model, usageMetadata: { totalTokenCount: tokens } })
}

function answer(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
