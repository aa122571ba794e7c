import type { ModelRequest, ToolChoice } from '../../../agent/model.js'
import type { JsonObject, JsonValue } from '../../../util/json.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { Route } from '../../routes/route.js'
import { withSentIds } from '../sent-ids.js'
import { sentSchema } from '../tool-schemas/sent-schema.js'
import type { WireCall } from '../wire.js'
import { type Content, contentsOf, type Part } from './contents.js'
import { googleParams, namedChoice } from './params.js'

export interface GoogleRequest {
  /** The parts that a cache can hold. */
  prefix: CachedPrefix
  contents: Content[]
  /** How long a cache is kept; `undefined` for Google's default of an hour. */
  ttl: '5m' | '1h' | undefined
  /** The other members of the request: generation settings and what parameters add. */
  rest: JsonObject
  points: CachePoints
  /** The parts of the request in their order, which the cache points divide. */
  parts: Part[]
}

/** The members that a request with a cache cannot have, because the cache has them. */
export interface CachedPrefix extends JsonObject {
  system_instruction?: JsonObject
  tools?: JsonValue[]
  toolConfig?: JsonObject
}

/** Pure: the same call always gives the same bytes, which is what keeps provider caches warm. */
export function googleRequest({ request, route, settings }: WireCall): GoogleRequest {
  const points = new CachePoints(true)
  const params = googleParams(settings.body, route.model)
  const functions = request.tools.map((tool) => functionDeclaration(tool, route))
  if (request.toolsCachePoint) points.admit(functions, 'tools')
  const system = systemParts(request, points)
  const contents = contentsOf(withSentIds(request.messages, 'any'), route, points)
  if (withoutSystem.test(route.model)) moveSystem(system, contents)
  const tools = [
    ...(functions.length > 0 ? [{ function_declarations: functions }] : []),
    ...params.tools,
  ]
  const choice = request.toolChoice ? chosen(request.toolChoice) : params.toolChoice
  return {
    prefix: {
      ...(system.length > 0 && { system_instruction: { parts: system } }),
      ...(tools.length > 0 && { tools }),
      ...(functions.length > 0 && choice && { toolConfig: { functionCallingConfig: choice } }),
    },
    contents,
    ttl: lastTtl(request),
    rest: {
      ...(Object.keys(params.generationConfig).length > 0 && {
        generationConfig: params.generationConfig,
      }),
      ...params.rest,
    },
    points,
    parts: [...functions, ...system, ...contents.flatMap(({ parts }) => parts)],
  }
}

/** Returns the lifetime of the last cache point, which is the one that a cache is created for. */
function lastTtl({ messages, system, toolsCachePoint }: ModelRequest): '5m' | '1h' | undefined {
  const blocks = [...system, ...messages.flatMap(({ content }) => content)]
  const last = blocks.findLast((block) => 'cachePoint' in block)
  return last && 'cachePoint' in last ? last.cachePoint.ttl : toolsCachePoint?.ttl
}

function functionDeclaration(
  { name, description, inputSchema }: ModelRequest['tools'][number],
  route: Route,
): JsonObject {
  return { name, description, parameters: sentSchema(inputSchema, route, name) }
}

/** Matches models that refuse a system prompt: Gemma before 4, music models and live models. */
const withoutSystem = /gemma-[123]|lyria|-streaming/

/** Moves the system prompt to the start of the conversation. */
function moveSystem(system: Part[], contents: Content[]): void {
  contents[0]?.parts.unshift(...system.splice(0))
}

function systemParts({ system }: ModelRequest, points: CachePoints): Part[] {
  const parts: Part[] = []
  for (const [index, block] of system.entries())
    if ('cachePoint' in block) points.admit(parts, `system[${index}]`)
    else if (block.text.trim() !== '') parts.push({ text: block.text })
  return parts
}

function chosen(choice: ToolChoice): JsonObject {
  switch (choice.type) {
    case 'auto':
      return { mode: 'AUTO' }
    case 'any':
      return { mode: 'ANY' }
    case 'tool':
      return namedChoice(choice.name)
  }
}
