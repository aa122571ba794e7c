import type {
  Tool,
  ToolChoice,
  ToolConfiguration,
  ToolInputSchema,
} from '@aws-sdk/client-bedrock-runtime'
import type { ModelRequest } from '../../../agent/model.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { Route } from '../../routes/route.js'
import { sentSchema } from '../tool-schemas/sent-schema.js'

import { withdrawnTools } from '../withdrawn-tools.js'

import { type CacheBook, CachedList } from './cached-list.js'

export interface ToolConfigInput {
  request: ModelRequest
  route: Route
  /** The caller's `tool_choice`, if the agent has none. */
  wished: JsonValue | undefined
  thinking: boolean
  book: CacheBook
}

/** Returns the `toolConfig` of a request; `undefined` if there are no tools. */
export function toolConfig(input: ToolConfigInput): ToolConfiguration | undefined {
  const { request, route, wished, book } = input
  const forbidden = request.toolChoice === undefined && wished === 'none'
  const offered = forbidden ? [] : request.tools
  // Converse requires tools for a conversation with tool calls.
  const withdrawn = offered.length > 0 ? [] : withdrawnTools({ ...request, tools: [] })
  const tools = new CachedList<Tool>(book)
  for (const tool of [...offered, ...withdrawn]) {
    const { name, description, inputSchema } = tool
    // Converse refuses an empty description.
    tools.add(spec(name, description || name, sentSchema(inputSchema, route, name)), tool)
  }
  if (request.toolsCachePoint) tools.addPoint({ cachePoint: request.toolsCachePoint }, 'tools')
  if (tools.blocks.length === 0) return undefined
  const choice = offered.length > 0 ? toolChoice(input) : undefined
  return { tools: tools.blocks, ...(choice && { toolChoice: choice }) }
}

function spec(name: string, description: string, schema: JsonObject): Tool {
  const json = schema as ToolInputSchema.JsonMember['json']
  return { toolSpec: { name, description, inputSchema: { json } } }
}

/** Returns the tool choice. Claude does not accept a forced tool call while it thinks. */
function toolChoice({ request, wished, thinking }: ToolConfigInput): ToolChoice | undefined {
  const choice = request.toolChoice ? ownChoice(request.toolChoice) : wishedChoice(wished)
  return choice && thinking ? { auto: {} } : choice
}

function ownChoice(choice: NonNullable<ModelRequest['toolChoice']>): ToolChoice {
  switch (choice.type) {
    case 'auto':
      return { auto: {} }
    case 'any':
      return { any: {} }
    case 'tool':
      return { tool: { name: choice.name } }
  }
}

function wishedChoice(wished: JsonValue | undefined): ToolChoice | undefined {
  if (wished === 'auto') return { auto: {} }
  if (wished === 'required' || wished === 'any') return { any: {} }
  if (!isJsonObject(wished)) return undefined
  const { type, name, function: called } = wished
  const named = isJsonObject(called) ? called.name : name
  if (typeof named === 'string') return { tool: { name: named } }
  if (type === 'auto') return { auto: {} }
  if (type === 'any') return { any: {} }
  const isConverses = 'auto' in wished || 'any' in wished || 'tool' in wished
  return isConverses ? (wished as unknown as ToolChoice) : undefined
}
