import { AgentError } from '../../../agent/errors.js'
import { type JsonObject, parseJsonObject } from '../../../util/json.js'
import { isErrorBody } from '../../error-body.js'
import {
  connectionError,
  httpErrorToAgentError,
  protocolError,
  truncatedError,
} from '../../errors.js'
import { answerBody } from '../../http/answer-body.js'
import type { ReplyHeaders } from '../../http/reply.js'
import type { Route } from '../../routes/route.js'
import { modelReply, numberHeader, type WireAnswer, withReportedSpending } from '../model-reply.js'
import { readStream } from '../read-stream.js'
import { send } from '../send.js'
import { emitAll, normalizeErrors, type Wire } from '../wire.js'
import { endpointOf } from './endpoint.js'
import { type ChatRequest, cachedParts, chatRequest } from './request.js'
import { type ChatAnswer, ChatAnswerBuilder } from './stream.js'
import { billedApart, chatUsage, longWrites, reportedCost } from './usage.js'

/** Makes one call on the OpenAI chat wire. Emits deltas and throws an AgentError on failure. */
export const chatCall: Wire = normalizeErrors(async (call, emit) => {
  const { request, route, settings, stream } = call
  const prepared = chatRequest(request, route, settings, stream)
  const builder = new ChatAnswerBuilder()
  const { url, headers } = await endpointOf(route, stream)
  const reply = await send({ url, headers, body: prepared.body }, call)
  let streamed = stream
  let ended = false
  try {
    const body = await answerBody(reply, stream)
    streamed = 'events' in body
    const push = (events: readonly string[]) => pushAll(events, builder, route)
    if ('events' in body)
      await readStream({ reply, events: body.events, builder, push }, call, emit)
    else await emitAll(builder.complete(completion(body.text, route)), emit)
    ended = true
    const answered = answer(builder, prepared, route, reply.headers, streamed)
    return await modelReply(answered, call)
  } catch (thrown) {
    const { text } = builder
    const error =
      thrown instanceof AgentError ? thrown : connectionError(route, thrown, { sent: true, text })
    const told = spending(builder.answer(), reply.headers, streamed)
    throw await withReportedSpending(
      error,
      { ...told, complete: ended || builder.isComplete },
      call,
    )
  }
})

function* pushAll(events: readonly string[], builder: ChatAnswerBuilder, route: Route) {
  for (const data of events)
    if (data.startsWith('[DONE]')) builder.end()
    else yield* builder.push(parsedChunk(data, route, builder))
}

/** Parses a chunk of a stream. Throws if the chunk reports an error or is truncated. */
function parsedChunk(data: string, route: Route, builder: ChatAnswerBuilder): JsonObject {
  const chunk = parseJsonObject(data)
  if (!chunk) throw truncatedError(route, builder.text)
  if (isErrorBody(chunk))
    throw httpErrorToAgentError(
      { status: undefined, error: chunk.error ?? chunk, text: builder.text },
      route,
    )
  return chunk
}

function completion(text: string, route: Route): JsonObject {
  const content = parseJsonObject(text)
  if (!content && text.trimStart().startsWith('{')) throw truncatedError(route, '')
  if (!content) throw protocolError(route, 'answered with something that is no JSON object')
  if (isErrorBody(content))
    throw httpErrorToAgentError({ status: undefined, error: content.error ?? content }, route)
  if (!Array.isArray(content.choices) || content.choices.length === 0)
    throw protocolError(route, 'answered without any choice')
  return content
}

function answer(
  builder: ChatAnswerBuilder,
  { points, body }: ChatRequest,
  route: Route,
  headers: ReplyHeaders,
  streamed: boolean,
): WireAnswer {
  const said = builder.answer()
  if (said.rawStopReason === null) throw truncatedError(route, builder.text)
  return {
    ...said,
    ...spending(said, headers, streamed),
    points,
    parts: points.sent.length > 0 ? cachedParts(body) : [],
  }
}

function spending(
  { usage, model, serviceTier }: ChatAnswer,
  headers: ReplyHeaders,
  streamed: boolean,
) {
  return {
    usage: chatUsage(usage),
    cacheWrite1hTokens: longWrites(usage),
    billing: billedApart(usage),
    serviceTier,
    // The header of a stream is written before the cost is known.
    reportedCostUsd:
      reportedCost(usage) ?? (streamed ? null : numberHeader(headers, 'x-litellm-response-cost')),
    headers,
    model,
  }
}
