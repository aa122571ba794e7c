import type {
  ContentBlockParam,
  MessageCreateParams,
  MessageParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources'
import type {
  ContentBlock,
  Message,
  ReasoningBlock,
  ToolResultBlock,
  ToolUseBlock,
} from '../../../agent/messages/content.js'
import type { ModelRequest, ToolChoice } from '../../../agent/model.js'
import { isJsonObject, type JsonObject } from '../../../util/json.js'
import { CachePoints } from '../../cache/cache-points.js'
import type { ModelInfo } from '../../models/model-info.js'
import type { Route } from '../../routes/route.js'
import { isOwn, isReadable } from '../reasoning-origin.js'
import { withSentIds } from '../sent-ids.js'
import { madeImageText, sentToolName } from '../sent-values.js'
import { thinkingBudget } from '../thinking.js'
import { sentSchema } from '../tool-schemas/sent-schema.js'

import type { WireCall } from '../wire.js'
import { withdrawnTools } from '../withdrawn-tools.js'
import { documentBlock, imageBlock, noAudio } from './media.js'
import { messagesParams } from './params.js'
import { schemaTool } from './schema-tool.js'

const usualMaxTokens = 4096

export interface MessagesRequest {
  body: MessageCreateParams
  points: CachePoints
  /** Whether the answer comes as a call of the schema tool. */
  hasSchemaTool: boolean
}

/**
 * Returns the request of a call. Pure. The same call always results in the same bytes, so that
 * provider caches match.
 */
export function messagesRequest({
  request,
  route,
  settings,
  info,
  stream,
}: WireCall): MessagesRequest {
  const points = new CachePoints(true)
  const tools = messagesTools(request, route, points)
  const system = systemBlocks(request, points)
  const messages = joinTurns(
    withSentIds(request.messages, 'word').flatMap((message, index) =>
      turn(message, `messages[${index}]`, route, points),
    ),
  )
  const { parallel, choice: wished, ...params } = messagesParams(settings.body)
  const asked = schemaTool(settings.body.response_format)
  // With tools of its own, and while it thinks, a model cannot be made to call this one.
  const isForced = asked && tools.length === 0 && !isJsonObject(settings.body.thinking)
  if (asked) tools.push(asked)
  const choice = isForced
    ? { type: 'tool' as const, name: asked.name }
    : request.toolChoice
      ? toolChoice(request.toolChoice)
      : wished
  const toolChoiceParam =
    (request.tools.length > 0 || isForced) && (choice || parallel === false)
      ? {
          ...(choice ?? { type: 'auto' }),
          ...(parallel === false && { disable_parallel_tool_use: true }),
        }
      : undefined
  const body = {
    // On Vertex AI, the URL names the model.
    ...(route.rawPredict ? { anthropic_version: 'vertex-2023-10-16' } : { model: route.model }),
    max_tokens: longestAnswer(info, thinkingBudget(settings.body)),
    messages,
    ...(system.length > 0 && { system }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoiceParam && { tool_choice: toolChoiceParam }),
    ...params,
    ...(stream && { stream: true }),
  }
  // The body may contain LiteLLM's and new vendor parameters that the types do not include.
  return { body: body as MessageCreateParams, points, hasSchemaTool: asked !== undefined }
}

/**
 * Returns the default output limit. Anthropic requires a limit, and it must exceed the thinking
 * budget.
 */
function longestAnswer(info: ModelInfo | undefined, thinking: number): number {
  const most = info?.maxOutputTokens ?? 0
  return most > thinking ? most : thinking + usualMaxTokens
}

/** Returns the tools. The API requires tools for a conversation with tool calls. */
function messagesTools(request: ModelRequest, route: Route, points: CachePoints): Tool[] {
  const { tools, toolsCachePoint } = request
  const offered = tools.length > 0 ? tools : withdrawnTools(request)
  const specs = offered.map(
    ({ name, description, inputSchema }): Tool => ({
      name,
      input_schema: sentSchema(inputSchema, route, name) as Tool['input_schema'],
      type: 'custom',
      description,
    }),
  )
  if (toolsCachePoint) points.mark(specs, { cachePoint: toolsCachePoint }, 'tools')
  return specs
}

function systemBlocks({ system }: ModelRequest, points: CachePoints) {
  const blocks: { type: 'text'; text: string }[] = []
  system.forEach((block, index) => {
    if ('cachePoint' in block) points.mark(blocks, block, `system[${index}]`)
    else if (block.text.trim() !== '') blocks.push({ type: 'text', text: block.text })
  })
  return blocks
}

function turn(message: Message, at: string, route: Route, points: CachePoints): MessageParam[] {
  const content: ContentBlockParam[] = []
  message.content.forEach((block, index) => {
    if ('cachePoint' in block) points.mark(content, block, `${at}.content[${index}]`)
    else if ('image' in block && message.role === 'assistant')
      content.push({ type: 'text', text: madeImageText })
    else content.push(...contentBlocks(block, route))
  })
  if (content.length === 0 && message.role === 'user') return []
  if (content.length === 0) content.push({ type: 'text', text: '[blank text]' })
  return [{ role: message.role, content }]
}

function contentBlocks(block: ContentBlock, route: Route): ContentBlockParam[] {
  if ('text' in block) return block.text.trim() === '' ? [] : [{ type: 'text', text: block.text }]
  if ('image' in block) return [imageBlock(block.image)]
  if ('document' in block) return [documentBlock(block.document)]
  if ('audio' in block) return noAudio()
  if ('toolUse' in block) return [toolUse(block.toolUse)]
  if ('toolResult' in block) return [toolResult(block.toolResult)]
  if ('reasoningContent' in block) return thinking(block.reasoningContent, route)
  return []
}

function toolUse({ toolUseId, name, input, rawInput }: ToolUseBlock['toolUse']): ContentBlockParam {
  // The wire accepts only an object, so other values are wrapped in one.
  const object = isJsonObject(input) ? input : { invalid_arguments: rawInput ?? input }
  return { type: 'tool_use', id: toolUseId, name: sentToolName(name), input: object }
}

type ToolResultBlocks = Exclude<ToolResultBlockParam['content'], string | undefined>

function toolResult({ toolUseId, status, content }: ToolResultBlock['toolResult']) {
  const texts = content.map((item) =>
    'text' in item ? item.text : 'json' in item ? JSON.stringify(item.json) : undefined,
  )
  const blocks: ToolResultBlockParam['content'] = texts.every((text) => text !== undefined)
    ? texts.join('\n')
    : content.flatMap((item, index): ToolResultBlocks => {
        if ('image' in item) return [imageBlock(item.image)]
        if ('document' in item) return [documentBlock(item.document)]
        const text = texts[index] ?? ''
        return text === '' ? [] : [{ type: 'text' as const, text }]
      })
  return {
    type: 'tool_result' as const,
    tool_use_id: toolUseId,
    content: blocks,
    ...(status === 'error' && { is_error: true }),
  }
}

/**
 * Returns signed thinking unchanged. Thinking that the provider cannot read is omitted, because it
 * would refuse it. Servers of other models issue thinking without a signature, and some require it.
 */
function thinking(
  reasoning: ReasoningBlock['reasoningContent'],
  route: Route,
): ContentBlockParam[] {
  const { reasoningText, redactedContent } = reasoning
  if (route.traits.replayReasoning === 'never' || !isReadable(reasoning, route)) return []
  if (redactedContent !== undefined) return [{ type: 'redacted_thinking', data: redactedContent }]
  if (reasoningText === undefined) return []
  const { text, signature } = reasoningText
  if (signature === undefined && (isClaudeHost(route) || !isOwn(reasoning, route))) return []
  return [{ type: 'thinking', thinking: text, signature: signature ?? '' }]
}

/** Returns whether the route leads to Claude, which refuses thinking without a signature. */
function isClaudeHost({ provider, baseSource }: Route): boolean {
  return provider !== 'litellm_proxy' && (provider !== 'anthropic' || baseSource === 'default')
}

/** Joins adjacent messages of the same role. On this wire turns alternate, and a user's is first. */
function joinTurns(turns: MessageParam[]): MessageParam[] {
  const joined: MessageParam[] = []
  if (turns[0]?.role === 'assistant')
    joined.push({ role: 'user', content: [{ type: 'text', text: '.' }] })
  for (const { role, content } of turns) {
    const last = joined.at(-1)
    if (last?.role === role)
      last.content = [...(last.content as ContentBlockParam[]), ...(content as ContentBlockParam[])]
    else joined.push({ role, content } as MessageParam)
  }
  return joined
}

function toolChoice(choice: ToolChoice): JsonObject {
  return choice.type === 'tool' ? { type: 'tool', name: choice.name } : { type: choice.type }
}
