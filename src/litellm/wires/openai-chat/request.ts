import type { ModelRequest, ToolChoice } from '../../../agent/model.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { Route } from '../../routes/route.js'
import type { CallSettings } from '../../settings.js'
import { type ToolIdForm, withSentIds } from '../sent-ids.js'
import { sentSchema } from '../tool-schemas/sent-schema.js'
import { withdrawnTools } from '../withdrawn-tools.js'
import { type ChatMessage, chatMessages, coalesce, type Part } from './messages.js'
import { chatParams } from './params.js'
import { historyReasoning } from './reasoning.js'
import { acceptedTurns } from './turns.js'

/**
 * Describes a request in the form that LiteLLM accepts: OpenAI's types with additional fields such
 * as `cache_control`.
 */
export interface ChatRequest {
  body: JsonObject
  points: CachePoints
}

/**
 * Returns the request of a call. Pure. The same call always results in the same bytes, so that
 * provider caches match.
 */
export function chatRequest(
  request: ModelRequest,
  route: Route,
  settings: CallSettings,
  stream: boolean,
): ChatRequest {
  const points = new CachePoints(route.traits.cacheControl === true)
  const { traits } = route
  const withdrawn = traits.withdrawnTools ? withdrawnTools(request) : []
  const tools: JsonObject[] = [...request.tools, ...withdrawn].map((tool) => chatTool(tool, route))
  if (request.toolsCachePoint) points.mark(tools, { cachePoint: request.toolsCachePoint }, 'tools')
  const system = systemMessage(request, route, points)
  const reasoning = historyReasoning(request.messages, route, settings.body)
  const messages = withSentIds(request.messages, traits.toolIds ?? usualIds(route)).flatMap(
    (message, index) => chatMessages(message, `messages[${index}]`, { route, points, reasoning }),
  )
  const { tool_choice: wishedChoice, ...params } = chatParams(settings.body, route)
  const choice = request.toolChoice ? toolChoice(request.toolChoice) : wishedChoice
  return {
    body: {
      model: route.model,
      messages: acceptedTurns([...(system ? [system] : []), ...messages], traits) as JsonValue,
      ...(tools.length > 0 && { tools }),
      ...(request.tools.length > 0 && choice !== undefined && { tool_choice: choice }),
      ...(stream && { stream: true }),
      ...(stream && !traits.noStreamOptions && { stream_options: { include_usage: true } }),
      ...params,
    },
    points,
  }
}

/** Returns the parts of a body in the order in which providers cache them. */
export function cachedParts({ tools, messages }: JsonObject): object[] {
  const inMessages = (messages as ChatMessage[]).flatMap(({ content, ...message }) =>
    Array.isArray(content) ? (content as object[]) : [{ ...message, content }],
  )
  return [...((tools as object[] | undefined) ?? []), ...inMessages]
}

function systemMessage(
  { system }: ModelRequest,
  { model, traits }: Route,
  points: CachePoints,
): ChatMessage | undefined {
  const parts: Part[] = []
  system.forEach((block, index) => {
    if ('text' in block) parts.push({ type: 'text', text: block.text })
    else points.mark(parts, block, `system[${index}]`)
  })
  if (parts.length === 0) return undefined
  const role = traits.noSystemRole?.test(model) ? 'user' : 'system'
  return { role, content: traits.stringContent ? coalesce(parts) : parts }
}

/** A proxy's ids can hold data of its own, so they are sent to it as they are. */
function usualIds({ kind, baseSource, traits }: Route): ToolIdForm {
  return kind === 'direct' && (baseSource === 'default' || !traits.cacheControl) ? 'forty' : 'any'
}

function chatTool(
  { name, description, inputSchema }: ModelRequest['tools'][number],
  route: Route,
): JsonObject {
  const parameters = withRequired(sentSchema(inputSchema, route, name))
  return { type: 'function', function: { name, description, parameters } }
}

/**
 * Adds an empty `required` to a schema, because some servers expect it for tools without arguments.
 */
function withRequired(schema: JsonObject): JsonObject {
  return isJsonObject(schema.properties) && schema.required === undefined
    ? { ...schema, required: [] }
    : schema
}

function toolChoice(choice: ToolChoice): JsonValue {
  switch (choice.type) {
    case 'auto':
      return 'auto'
    case 'any':
      return 'required'
    case 'tool':
      return { type: 'function', function: { name: choice.name } }
  }
}
