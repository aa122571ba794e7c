import type { ConverseCommandInput, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime'
import type { ModelRequest } from '../../../agent/model.js'
import { isJsonObject, type JsonObject } from '../../../util/json.js'
import type { WireCall } from '../wire.js'
import { CacheBook, CachedList } from './cached-list.js'
import { converseMessages } from './messages.js'
import { converseParams, isThinking } from './params.js'
import { toolConfig } from './tools.js'

/** Describes a Converse request, with or without streaming. */
export interface ConverseRequest {
  input: ConverseCommandInput
  book: CacheBook
  /** Describes the requested settings that are not sent. */
  notices: string[]
}

/**
 * Returns the request of a call. Pure. The same call always results in the same bytes, so that
 * provider caches match. Tools, system prompt and messages are processed in cache order.
 */
export function converseRequest({
  request,
  route,
  settings,
  info,
}: Pick<WireCall, 'request' | 'route' | 'settings' | 'info'>): ConverseRequest {
  const { model } = route
  const book = new CacheBook(info)
  const { fields, additional, toolChoice, notices } = converseParams(settings.body, model)
  const thinking = isThinking(additional)
  const tools = toolConfig({ request, route, wished: toolChoice, thinking, book })
  const system = systemBlocks(request, book)
  const messages = converseMessages(request.messages, route, book)
  if (book.shortened) notices.push(`ttl 1h was not sent: ${model} caches for 5 minutes on Bedrock.`)
  const extra = tools?.toolChoice ? withoutChoiceType(additional) : additional
  return {
    input: {
      modelId: model,
      messages,
      ...(system.length > 0 && { system }),
      ...(tools && { toolConfig: tools }),
      ...fields,
      ...(Object.keys(extra).length > 0 && {
        additionalModelRequestFields: extra as ConverseCommandInput['additionalModelRequestFields'],
      }),
    },
    book,
    notices,
  }
}

function systemBlocks({ system }: ModelRequest, book: CacheBook): SystemContentBlock[] {
  const list = new CachedList<SystemContentBlock>(book)
  system.forEach((block, index) => {
    if ('cachePoint' in block) list.addPoint(block, `system[${index}]`)
    else if (block.text.trim() !== '') list.add({ text: block.text }, block)
  })
  return list.blocks
}

/**
 * Removes the type of an additional tool choice, because Converse refuses two choices. Other fields
 * of the choice are kept.
 */
function withoutChoiceType(additional: JsonObject): JsonObject {
  const { tool_choice: choice, ...rest } = additional
  if (!isJsonObject(choice)) return additional
  const { type: _, ...kept } = choice
  return { ...rest, tool_choice: kept }
}
