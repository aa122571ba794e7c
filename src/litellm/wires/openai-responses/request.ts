import type { ModelRequest, ToolChoice } from '../../../agent/model.js'
import type { JsonObject, JsonValue } from '../../../util/json.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { ModelInfo } from '../../models/model-info.js'
import type { Route } from '../../routes/route.js'
import { withSentIds } from '../sent-ids.js'
import { sentSchema } from '../tool-schemas/sent-schema.js'
import type { WireCall } from '../wire.js'
import { inputItems, systemItem } from './input.js'
import { hostedTools, responsesParams } from './params.js'

export interface ResponsesRequest {
  body: JsonObject
  points: CachePoints
}

/** Pure: the same call always gives the same bytes, which is what keeps provider caches warm. */
export function responsesRequest({
  request,
  route,
  settings,
  info,
  stream,
}: WireCall): ResponsesRequest {
  const system = systemItem(request)
  const origin = originOf(route)
  const messages = withSentIds(request.messages, 'word').flatMap((message) =>
    inputItems(message, origin),
  )
  const tools: JsonValue[] = [
    ...request.tools.map((tool) => functionTool(tool, route)),
    ...hostedTools(settings.body),
  ]
  const { tool_choice: wishedChoice, ...params } = responsesParams(
    settings.body,
    returnsEncrypted(route, info),
  )
  const choice = request.toolChoice ? toolChoice(request.toolChoice) : wishedChoice
  return {
    body: {
      ...modelOf(route),
      input: [...(system ? [system] : []), ...messages],
      ...(tools.length > 0 && { tools }),
      ...(tools.length > 0 && choice !== undefined && { tool_choice: choice }),
      ...(stream && { stream: true }),
      ...params,
    },
    points: refusedPoints(request),
  }
}

/** Names the place whose encrypted reasoning a route can read: no other one can decrypt it. */
export function originOf({ provider, baseUrl }: Route): string {
  return `${provider} ${new URL(baseUrl).host}`
}

/** A model without reasoning refuses the request for it. Of an unknown model it is tried. */
function returnsEncrypted({ traits }: Route, info: ModelInfo | undefined): boolean {
  return !traits.noEncryptedReasoning && (info === undefined || info.supports.reasoning === true)
}

/** Perplexity names a set of instructions, tools and a model as `preset`. */
function modelOf({ provider, model }: Route): JsonObject {
  const preset = provider === 'perplexity' ? /^preset\/(.+)$/.exec(model)?.[1] : undefined
  return preset === undefined ? { model } : { preset }
}

function functionTool(
  { name, description, inputSchema }: ModelRequest['tools'][number],
  route: Route,
): JsonObject {
  const parameters = sentSchema(inputSchema, route, name)
  return { type: 'function', name, description, parameters, strict: null }
}

function toolChoice(choice: ToolChoice): JsonValue {
  switch (choice.type) {
    case 'auto':
      return 'auto'
    case 'any':
      return 'required'
    case 'tool':
      return { type: 'function', name: choice.name }
  }
}

/** This API caches by itself and takes no cache points: each one is reported. */
function refusedPoints({ system, messages, toolsCachePoint }: ModelRequest): CachePoints {
  const points = new CachePoints(false)
  if (toolsCachePoint) points.mark([], { cachePoint: toolsCachePoint }, 'tools')
  for (const [index, block] of system.entries())
    if ('cachePoint' in block) points.mark([], block, `system[${index}]`)
  for (const [place, { content }] of messages.entries())
    for (const [index, block] of content.entries())
      if ('cachePoint' in block) points.mark([], block, `messages[${place}].content[${index}]`)
  return points
}
