import { readdirSync, readFileSync } from 'node:fs'
import type { JsonObject, JsonValue } from '../../src/util/json.js'

/** A recorded exchange of the real Strands + LiteLLM. */
export interface GoldenCase {
  name: string
  mode: string
  /** `litellm`: a caller of LiteLLM without Strands, whose `expected` is in OpenAI's form. */
  driver?: 'strands' | 'litellm'
  agentConfig: {
    modelId: string
    clientArgs: JsonObject
    params: JsonObject | null
    stream?: boolean
    systemPrompt: string | JsonValue[] | null
    tools: { name: string; description: string; inputSchema: JsonObject }[]
    messages?: JsonValue[]
    prompts: GoldenPrompt[]
    outputSchema: JsonObject | null
    cacheConfig?: { cacheKey?: string; ttl?: string }
    env?: Record<string, string>
  }
  exchanges: { request: GoldenRequest; response: GoldenResponse }[]
  expected: {
    text: string | null
    stopReason: string | null
    usage: Record<string, number>
    cycles: number
    toolCalls: { toolUseId: string; name: string; status: string; content: JsonValue }[]
    structuredOutput?: JsonValue
    error: { type: string; message: string } | null
    messages: { role: string; content: JsonObject[] }[]
  }
  weakness: { what: string; recommended: string } | null
}

export interface GoldenPrompt {
  call: 'call' | 'stream' | 'structured_output' | 'concurrent'
  prompt: JsonValue
  limits?: Record<string, number>
  outputSchemaRef?: string
  outputPrompt?: string
  cancelAfterMs?: number
  cancelAfterDataEvents?: number
  breakAfterDataEvents?: number
  cancelArgs?: { message?: string }
}

export interface GoldenRequest {
  method: string
  /** The whole address, where the case was recorded without an api_base. */
  url?: string
  path: string
  headers: Record<string, string>
  body: JsonObject
}

export interface GoldenResponse {
  status: number
  headers: Record<string, string>
  body?: JsonValue
  sseEvents?: ({ event?: string; data: JsonValue } | { comment: string })[]
  termination: 'complete' | 'reset' | 'client-disconnected'
  delayHeadersMs?: number
  delayFirstEventMs?: number
  delayBetweenEventsMs?: number
  sseStyle?: string
  splitBytes?: number
}

/** Returns the cases of a folder of fixtures whose names begin with `prefix`, by name. */
export function goldenCases(name = 'golden', prefix = ''): GoldenCase[] {
  const folder = new URL(`../fixtures/${name}/`, import.meta.url)
  return readdirSync(folder)
    .filter((file) => file.startsWith(prefix))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as GoldenCase)
}

/** Fills in the placeholders of a case, and converts bytes to the library's form. */
export function filled<T extends JsonValue | undefined>(value: T, urls: Record<string, string>): T {
  if (typeof value === 'string')
    return value.replace(/\{\{(\w+)\}\}/g, (mark, name) => urls[name] ?? mark) as T
  if (Array.isArray(value)) return value.map((item) => filled(item, urls)) as T
  if (typeof value !== 'object' || value === null) return value
  if (typeof value.$bytes === 'string') return value.$bytes as T
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filled(item, urls)]),
  ) as T
}

/** A caller of LiteLLM gives tools as a parameter; an agent has them. */
export function withToolsOfParams(recorded: GoldenCase): GoldenCase {
  const { tools, ...params } = recorded.agentConfig.params ?? {}
  if (!Array.isArray(tools)) return recorded
  const specs = (tools as { function: JsonObject }[]).map(({ function: fn }) => ({
    name: String(fn.name),
    description: String(fn.description),
    inputSchema: fn.parameters as JsonObject,
  }))
  return { ...recorded, agentConfig: { ...recorded.agentConfig, params, tools: specs } }
}
