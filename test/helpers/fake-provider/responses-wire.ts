import { argumentFragments, type RenderedStream, type Reply, type StreamEvent } from './reply.js'
import type { JsonObject } from './types.js'

const INCOMPLETE: Record<string, string> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
}

/** One response of OpenAI's Responses API, whole. */
export function responsesBody(reply: Reply): JsonObject {
  return finalResponse(reply, outputItems(reply))
}

/** The same as the API streams it: numbered events, each item begun, filled and ended. */
export function responsesStream(reply: Reply): RenderedStream {
  const items = outputItems(reply)
  const started = { ...response(reply), status: 'in_progress', output: [], usage: null }
  let sequence = 0
  const event = (type: string, data: JsonObject, isContent = false): StreamEvent => {
    const body = JSON.stringify({ type, sequence_number: sequence++, ...data })
    return { bytes: `event: ${type}\ndata: ${body}\n\n`, isContent }
  }
  const content = [
    event('response.created', { response: started }),
    event('response.in_progress', { response: started }),
    ...items.flatMap((item, output_index) =>
      itemEvents(item, reply).map(([type, data, isContent]) =>
        event(type, { output_index, ...data }, isContent),
      ),
    ),
  ]
  const final = finalResponse(reply, items)
  const closing =
    reply.step.end === 'noDone' || reply.stopReason === null
      ? []
      : [event(`response.${final.status}`, { response: final })]
  return { content, closing }
}

type Event = [type: string, data: JsonObject, isContent?: boolean]

function itemEvents(item: JsonObject, reply: Reply): Event[] {
  const item_id = item.id
  const begun = (start: JsonObject): Event => [
    'response.output_item.added',
    { item: { ...item, ...start } },
  ]
  const ended: Event = ['response.output_item.done', { item }]
  switch (item.type) {
    case 'reasoning': {
      const at = { item_id, summary_index: 0 }
      const text = item.summary[0]?.text
      const parts: Event[] = text
        ? [
            ['response.reasoning_summary_part.added', { ...at, part: summaryPart('') }],
            ...reply.reasoningPieces.map(
              (delta): Event => [
                'response.reasoning_summary_text.delta',
                { ...at, delta, obfuscation: 'x' },
                true,
              ],
            ),
            ['response.reasoning_summary_text.done', { ...at, text }],
            ['response.reasoning_summary_part.done', { ...at, part: summaryPart(text) }],
          ]
        : []
      return [begun({ summary: [] }), ...parts, ended]
    }
    case 'message': {
      const at = { item_id, content_index: 0 }
      const [part] = item.content
      return [
        begun({ status: 'in_progress', content: [] }),
        ['response.content_part.added', { ...at, part: { ...part, text: '' } }],
        ...reply.textPieces.map(
          (delta): Event => [
            'response.output_text.delta',
            { ...at, delta, logprobs: [], obfuscation: 'x' },
            true,
          ],
        ),
        ['response.output_text.done', { ...at, text: part.text, logprobs: [] }],
        ['response.content_part.done', { ...at, part }],
        ended,
      ]
    }
    default:
      return [
        begun({ status: 'in_progress', arguments: '' }),
        ...argumentFragments(item.arguments).map(
          (delta): Event => [
            'response.function_call_arguments.delta',
            { item_id, delta, obfuscation: 'x' },
            true,
          ],
        ),
        ['response.function_call_arguments.done', { item_id, arguments: item.arguments }],
        ended,
      ]
  }
}

function outputItems(reply: Reply): JsonObject[] {
  const { reasoning } = reply.step
  const { encrypted } = reply
  const text = reply.textPieces.join('')
  return [
    ...(reasoning
      ? [
          {
            id: `rs_${reply.id}`,
            type: 'reasoning',
            summary: reasoning.text ? [summaryPart(reasoning.text)] : [],
            ...(encrypted && { encrypted_content: encrypted }),
          },
        ]
      : []),
    ...(text
      ? [
          {
            id: `msg_${reply.id}`,
            type: 'message',
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
          },
        ]
      : []),
    ...reply.toolCalls.map(({ id, name, arguments: args }, at) => ({
      id: `fc_${reply.id}_${at}`,
      type: 'function_call',
      status: 'completed',
      ...(id !== undefined && { call_id: id }),
      name,
      arguments: args,
    })),
  ]
}

function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text }
}

function finalResponse(reply: Reply, output: JsonObject[]): JsonObject {
  const reason = INCOMPLETE[reply.stopReason ?? '']
  return {
    ...response(reply),
    status: reason ? 'incomplete' : 'completed',
    incomplete_details: reason ? { reason } : null,
    output,
    usage: usageOf(reply),
  }
}

function response(reply: Reply): JsonObject {
  return {
    id: reply.id,
    object: 'response',
    created_at: 1_700_000_000,
    error: null,
    incomplete_details: null,
    model: reply.model,
    parallel_tool_calls: true,
    service_tier: 'default',
    store: false,
  }
}

function usageOf({ step, account, outputTokens, reasoningTokens }: Reply): JsonObject | null {
  if (step.usage !== undefined) return step.usage
  const written = account.written5m + account.written1h
  const input = account.input + account.read + written
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: account.read, cache_write_tokens: written },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: input + outputTokens,
  }
}
