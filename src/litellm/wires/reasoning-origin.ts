import type { ContentBlock, ReasoningBlock } from '../../agent/messages/content.js'
import type { Route } from '../routes/route.js'

type Reasoning = ReasoningBlock['reasoningContent']

const origins = new WeakMap<Route, string>()

/** Names where a route's reasoning comes from: its model and its host. */
export function reasoningOrigin(route: Route): string {
  const known = origins.get(route)
  if (known !== undefined) return known
  const { id, baseUrl } = route
  const origin = URL.canParse(baseUrl) ? `${id} ${new URL(baseUrl).host}` : id
  origins.set(route, origin)
  return origin
}

/** Adds its origin to the reasoning of an answer. Encrypted reasoning names its own. */
export function withOrigin(content: ContentBlock[], route: Route): ContentBlock[] {
  if (!content.some((block) => 'reasoningContent' in block)) return content
  const origin = reasoningOrigin(route)
  return content.map((block) =>
    'reasoningContent' in block && !block.reasoningContent.encrypted
      ? { reasoningContent: { ...block.reasoningContent, origin } }
      : block,
  )
}

/** Returns whether the reasoning comes from where the route leads. */
export function isOwn({ origin }: Reasoning, route: Route): boolean {
  return origin !== undefined && origin === reasoningOrigin(route)
}

/** Matches names of models whose signatures every host of these models can read. */
const claude = /claude|anthropic/i

/**
 * Returns whether the route can read a signature: its own, or one of Claude, which every host of
 * Claude reads. Signatures of other models make providers refuse the request. Reasoning without an
 * origin was given by the caller, and is sent.
 */
export function isReadable(reasoning: Reasoning, route: Route): boolean {
  const { origin } = reasoning
  if (origin === undefined || isOwn(reasoning, route)) return true
  return claude.test(origin) && (claude.test(route.id) || route.kind === 'proxy')
}
