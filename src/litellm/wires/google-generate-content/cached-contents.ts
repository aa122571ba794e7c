import { AgentError } from '../../../agent/errors.js'
import { isJsonObject, type JsonObject, parseJsonObject } from '../../../util/json.js'
import { Lru } from '../../../util/lru.js'
import { get } from '../../http/post.js'
import type { Route } from '../../routes/route.js'
import { count } from '../openai-chat/usage.js'
import { requestHeaders } from '../request-headers.js'
import { accessHeaders, send } from '../send.js'
import type { WireCall } from '../wire.js'
import type { Content, Part } from './contents.js'
import type { GoogleRequest } from './request.js'

/** The names of caches. A promise fails or is `undefined` if Google did not create the cache. */
const caches = new Lru<Promise<string | undefined>>(500)

export interface PrefixedBody {
  body: JsonObject
  /** The tokens of a cache that this call created. Google bills them as input. */
  cacheCreationTokens: number
}

/**
 * Returns the members of a request that a cache can hold. What precedes the last cache point is
 * replaced by a cache of Google's, which the first call with this prefix creates. A call never fails
 * because of its cache: if Google refuses it, for example because the prefix is too short, the
 * prefix is sent as it is.
 */
export async function withCachedPrefix(
  request: GoogleRequest,
  call: WireCall,
): Promise<PrefixedBody> {
  const { prefix, contents, points } = request
  // A cache has its tool choice as well, so a choice for one call would need a cache of its own.
  if (prefix.toolConfig) {
    points.withdraw('unsupported', 'Google takes no cache together with a tool choice.')
    return { body: { contents, ...prefix }, cacheCreationTokens: 0 }
  }
  const { cached, rest } = splitContents(contents, points.sent.at(-1)?.target as Part | undefined)
  const { name, created } = await cacheOf(creationOf(cached, request, call.route), call)
  if (name !== undefined)
    return { body: { contents: rest, cachedContent: name }, cacheCreationTokens: created }
  points.withdraw('belowMinimum', 'Google did not create a cache for what precedes this point.')
  return { body: { contents, ...prefix }, cacheCreationTokens: 0 }
}

/** Returns whether a call failed because its cache is gone. The next one creates it again. */
export function isGone(thrown: unknown, request: GoogleRequest, call: WireCall): boolean {
  if (!(thrown instanceof AgentError)) return false
  const { status, message } = thrown
  if (status !== 404 && status !== 403 && status !== 400) return false
  if (!/cached ?content/i.test(message)) return false
  const { cached } = splitContents(
    request.contents,
    request.points.sent.at(-1)?.target as Part | undefined,
  )
  caches.delete(keyOf(creationOf(cached, request, call.route), call.route))
  return true
}

/** Divides the contents after the part that precedes the last cache point. */
function splitContents(contents: readonly Content[], target: Part | undefined) {
  for (const [index, { role, parts }] of contents.entries()) {
    const at = target ? parts.indexOf(target) : -1
    if (at === -1) continue
    const tail = parts.slice(at + 1)
    const cached = [...contents.slice(0, index), { role, parts: parts.slice(0, at + 1) }]
    const rest = [...(tail.length > 0 ? [{ role, parts: tail }] : []), ...contents.slice(index + 1)]
    // A request needs contents of its own.
    return rest.length > 0
      ? { cached, rest }
      : { cached: contents.slice(0, index), rest: [...contents.slice(index)] }
  }
  return { cached: [], rest: [...contents] }
}

async function cacheOf(
  wanted: JsonObject,
  call: WireCall,
): Promise<{ name: string | undefined; created: number }> {
  const key = keyOf(wanted, call.route)
  let created = 0
  const find = async () => {
    const cache = await findOrCreate(wanted, key, call)
    created = cache.created
    return cache.name
  }
  try {
    return { name: await caches.get(key, find), created }
  } catch (thrown) {
    // A refusal holds for later calls as well. Another failure does not.
    if (!(thrown instanceof AgentError) || thrown.status !== 400) caches.delete(key)
    return { name: undefined, created }
  }
}

const filler: Part[] = [{ text: '.' }]

/** Returns the request that creates a cache. Google requires contents in it. */
function creationOf(
  contents: readonly Content[],
  { prefix, ttl }: GoogleRequest,
  { provider, baseUrl, model }: Route,
): JsonObject {
  const folder = provider === 'vertex_ai' ? `${pathAfterVersion(baseUrl)}/publishers/google/` : ''
  return {
    contents: contents.length > 0 ? [...contents] : [{ role: 'user', parts: filler }],
    model: `${folder}models/${model}`,
    ...prefix,
    ...(ttl && { ttl: ttl === '5m' ? '300s' : '3600s' }),
  }
}

function pathAfterVersion(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/^\/v\d\w*\//, '')
}

function keyOf(wanted: JsonObject, { baseUrl, apiKey, googleCredentials }: Route): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256')
    .update(JSON.stringify([wanted, baseUrl, apiKey, googleCredentials]))
    .digest('hex')
}

/** Finds the cache that another process created, or creates it. */
async function findOrCreate(
  wanted: JsonObject,
  key: string,
  call: WireCall,
): Promise<{ name: string | undefined; created: number }> {
  const { route } = call
  // The caches of Google AI Studio are only in this version of the API.
  const base = route.baseUrl.replace(/(googleapis\.com\/)v1alpha$/, '$1v1beta')
  const url = new URL(`${base}/cachedContents`)
  const headers = { ...requestHeaders(route), ...(await accessHeaders(route)) }
  const found = await get(url, {
    headers: { ...headers, ...call.settings.headers },
    signal: call.signal,
    verify: route.verify,
  })
  const known =
    found.status === 200 ? cacheNamed(key, parseJsonObject(await found.text())) : undefined
  if (known !== undefined) return { name: known, created: 0 }
  const body = { ...wanted, displayName: key }
  const reply = await send({ url, headers, body }, { ...call, stream: false })
  const { name, usageMetadata } = parseJsonObject(await reply.text()) ?? {}
  const tokens = isJsonObject(usageMetadata) ? count(usageMetadata.totalTokenCount) : undefined
  return { name: typeof name === 'string' ? name : undefined, created: tokens ?? 0 }
}

function cacheNamed(displayName: string, list: JsonObject | undefined): string | undefined {
  const listed = Array.isArray(list?.cachedContents) ? list.cachedContents : []
  for (const cache of listed)
    if (isJsonObject(cache) && cache.displayName === displayName && typeof cache.name === 'string')
      return cache.name
  return undefined
}
