import type { ContentBlockParam, Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources'
import { AgentError } from '../../../agent/errors.js'
import type { Usage } from '../../../agent/metrics/usage.js'
import { type JsonObject, parseJsonObject } from '../../../util/json.js'
import { isErrorBody } from '../../error-body.js'
import {
  connectionError,
  httpErrorToAgentError,
  protocolError,
  truncatedError,
} from '../../errors.js'
import { answerBody } from '../../http/answer-body.js'
import type { HttpReply, ReplyHeaders } from '../../http/reply.js'
import type { Route } from '../../routes/route.js'
import type { Delta } from '../deltas.js'
import { modelReply, numberHeader, type WireAnswer, withReportedSpending } from '../model-reply.js'
import { readStream } from '../read-stream.js'
import { send } from '../send.js'
import { type EmitCallEvent, emitAll, normalizeErrors, type Wire, type WireCall } from '../wire.js'
import { endpointOf } from './endpoint.js'
import { type MessagesRequest, messagesRequest } from './request.js'
import { withoutSchemaCalls, withoutSchemaTool } from './schema-tool.js'
import { MessageBuilder, type MessagesUsage } from './stream.js'

/**
 * Makes one call on the Anthropic Messages wire. Emits deltas and throws an AgentError on failure.
 */
export const messagesCall: Wire = normalizeErrors(async (call, emit) => {
  const { route, stream } = call
  const prepared = messagesRequest(call)
  const builder = new MessageBuilder()
  let { body } = prepared
  let headers: ReplyHeaders | undefined
  try {
    for (let pauses = 0; ; pauses++) {
      const reply = await send({ ...endpointOf(route, stream), body }, call)
      headers = reply.headers
      const streamed = await readAnswer(reply, builder, prepared, call, emit)
      // A header has the cost of its own reply only.
      const said = answer(builder, prepared, route, headers, streamed || pauses > 0)
      if (said.rawStopReason !== 'pause_turn' || pauses === maxPauses)
        return await modelReply(said, call)
      // The provider's own tools take long, and it wants to be asked for the rest.
      const content = builder.resume() as unknown as ContentBlockParam[]
      body = { ...body, messages: [...body.messages, { role: 'assistant', content }] }
    }
  } catch (thrown) {
    if (!headers) throw thrown
    const { text, isComplete: complete } = builder
    const error =
      thrown instanceof AgentError ? thrown : connectionError(route, thrown, { sent: true, text })
    // The header contains the cost of a complete response, and this response is not complete.
    const told = { ...spending(builder.answer()), reportedCostUsd: null, headers, complete }
    throw await withReportedSpending(error, told, call)
  }
})

/** Limits the requests for one answer. */
const maxPauses = 10

/** Reads a reply into the builder. Returns whether it was a stream. */
async function readAnswer(
  reply: HttpReply,
  builder: MessageBuilder,
  { hasSchemaTool }: MessagesRequest,
  call: WireCall,
  emit: EmitCallEvent,
): Promise<boolean> {
  const { route, stream } = call
  const shown = (deltas: Iterable<Delta>) => (hasSchemaTool ? withoutSchemaCalls(deltas) : deltas)
  const body = await answerBody(reply, stream)
  if (!('events' in body)) {
    await emitAll(shown(builder.complete(message(body.text, route))), emit)
    return false
  }
  const push = (events: readonly string[]) => shown(pushAll(events, builder, route))
  await readStream({ reply, events: body.events, builder, push }, call, emit)
  return true
}

function* pushAll(events: readonly string[], builder: MessageBuilder, route: Route) {
  for (const data of events) yield* builder.push(parsedEvent(data, route, builder))
}

/** Parses an event of a stream. Throws if the event reports an error or is truncated. */
function parsedEvent(data: string, route: Route, builder: MessageBuilder): RawMessageStreamEvent {
  const event = parseJsonObject(data)
  if (!event) throw truncatedError(route, builder.text)
  if (isErrorBody(event))
    throw httpErrorToAgentError(
      { status: undefined, error: event.error ?? event, text: builder.text },
      route,
    )
  return event as unknown as RawMessageStreamEvent
}

function message(text: string, route: Route): Message {
  const content = parseJsonObject(text)
  if (!content && text.trimStart().startsWith('{')) throw truncatedError(route, '')
  if (!content) throw protocolError(route, 'answered with text that is not a JSON object')
  if (isErrorBody(content))
    throw httpErrorToAgentError({ status: undefined, error: content.error ?? content }, route)
  if (!Array.isArray(content.content)) throw protocolError(route, 'answered without any content')
  return content as unknown as Message
}

function answer(
  builder: MessageBuilder,
  { points, body, hasSchemaTool }: MessagesRequest,
  route: Route,
  headers: ReplyHeaders,
  streamed: boolean,
): WireAnswer {
  const said = builder.answer()
  if (said.rawStopReason === null) throw truncatedError(route, builder.text)
  const content = hasSchemaTool ? withoutSchemaTool(said.content) : said.content
  const answered = content.some((block) => 'toolUse' in block) || said.stopReason !== 'toolUse'
  return {
    ...said,
    content,
    stopReason: answered ? said.stopReason : 'endTurn',
    ...spending(said),
    reportedCostUsd: streamed ? null : numberHeader(headers, 'x-litellm-response-cost'),
    headers,
    points,
    parts: points.sent.length > 0 ? cachedParts(body as unknown as JsonObject) : [],
  }
}

type Spent = Pick<ReturnType<MessageBuilder['answer']>, 'usage' | 'model' | 'serviceTier'>

function spending({ usage, model, serviceTier }: Spent) {
  return {
    usage: usage && normalised(usage),
    cacheWrite1hTokens: usage?.written1h,
    billing: { ...(usage?.searches && { searches: usage.searches }) },
    serviceTier,
    model,
  }
}

/**
 * Returns usage in which the input includes cached tokens. Anthropic does not count them in
 * `input_tokens`.
 */
function normalised({ input, output, read, written }: MessagesUsage): Usage | null {
  const inputTokens = input + (read ?? 0) + (written ?? 0)
  // A call has input, so counts that are all 0 report nothing.
  if (inputTokens + output === 0) return null
  return {
    inputTokens,
    outputTokens: output,
    totalTokens: inputTokens + output,
    ...(read !== undefined && { cacheReadInputTokens: read }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
  }
}

function cachedParts({ tools, system, messages }: JsonObject): object[] {
  const blocks = (messages as { content: object[] }[]).flatMap(({ content }) => content)
  return [...((tools as object[]) ?? []), ...((system as object[]) ?? []), ...blocks]
}
