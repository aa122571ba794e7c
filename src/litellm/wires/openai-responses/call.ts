import { AgentError } from '../../../agent/errors.js'
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonObject,
} from '../../../util/json.js'
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
import { modelReply, numberHeader, withReportedSpending } from '../model-reply.js'
import { endpointOf } from '../openai-chat/endpoint.js'
import { billedApart, chatUsage, longWrites, reportedCost } from '../openai-chat/usage.js'
import { readStream } from '../read-stream.js'
import { send } from '../send.js'
import { type EmitCallEvent, emitAll, normalizeErrors, type Wire, type WireCall } from '../wire.js'
import { withoutRefused } from './encrypted.js'
import { originOf, type ResponsesRequest, responsesRequest } from './request.js'
import { ResponseBuilder, type ResponsesAnswer } from './stream.js'

/** Makes one call on the OpenAI Responses wire. Emits deltas; fails with an AgentError. */
export const responsesCall: Wire = normalizeErrors(async (call, emit) => {
  const { route, stream } = call
  const prepared = responsesRequest(call)
  const builder = new ResponseBuilder(originOf(route))
  const reply = await sendAccepted(prepared, call, emit)
  const { headers } = reply
  let streamed = stream
  try {
    const body = await answerBody(reply, stream)
    streamed = 'events' in body
    const push = (events: readonly string[]) => pushAll(events, builder, route)
    if ('events' in body)
      await readStream({ reply, events: body.events, builder, push }, call, emit)
    else await emitAll(whole(body.text, builder, route), emit)
    const said = builder.answer()
    if (said.rawStopReason === null) throw truncatedError(route, builder.text)
    const { points } = prepared
    const answered = { ...said, ...spending(said, headers, streamed), points, parts: [] }
    return await modelReply(answered, call)
  } catch (thrown) {
    const { text, isComplete: complete } = builder
    const error =
      thrown instanceof AgentError ? thrown : connectionError(route, thrown, { sent: true, text })
    const told = { ...spending(builder.answer(), headers, streamed), complete }
    throw await withReportedSpending(error, told, call)
  }
})

/** Sends the request, a second time without the encrypted reasoning that the provider refuses. */
async function sendAccepted(
  { body }: ResponsesRequest,
  call: WireCall,
  emit: EmitCallEvent,
): Promise<HttpReply> {
  const { url, headers } = await endpointOf(call.route)
  const trySend = (content: JsonObject) => send({ url, headers, body: content }, call)
  try {
    return await trySend(body)
  } catch (thrown) {
    const accepted = thrown instanceof AgentError ? withoutRefused(body, thrown) : undefined
    if (!accepted) throw thrown
    await emit({ type: 'notice', message: accepted.notice })
    return trySend(accepted.body)
  }
}

function* pushAll(events: readonly string[], builder: ResponseBuilder, route: Route) {
  for (const data of events) {
    if (data.trim() === '' || data.startsWith('[DONE]')) continue
    const event = parseJsonObject(data)
    if (!event) throw truncatedError(route, builder.text)
    if (isErrorBody(event)) {
      const error = event.error ?? event
      throw httpErrorToAgentError({ status: undefined, error, text: builder.text }, route)
    }
    yield* builder.push(event)
    const failure = failureOf(event.response)
    if (failure)
      throw httpErrorToAgentError({ status: undefined, error: failure, text: builder.text }, route)
  }
}

function* whole(text: string, builder: ResponseBuilder, route: Route) {
  const response = parseJsonObject(text)
  if (!response && text.trimStart().startsWith('{')) throw truncatedError(route, '')
  if (response && !failureOf(response) && isErrorBody(response))
    throw httpErrorToAgentError({ status: undefined, error: response }, route)
  if (!response) throw protocolError(route, 'answered with text that is not a JSON object')
  yield* builder.complete(response)
  const failure = failureOf(response)
  if (failure)
    throw httpErrorToAgentError({ status: undefined, error: failure, text: builder.text }, route)
  if (response.status === 'queued' || response.status === 'in_progress')
    throw protocolError(route, `answered with a response that is still ${response.status}`)
  if (!Array.isArray(response.output)) throw protocolError(route, 'answered without any output')
}

/** Returns the error of a response that failed or was cancelled at the provider. */
function failureOf(response: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(response)) return undefined
  const { error, status } = response
  if (error) return error
  return status === 'failed' || status === 'cancelled'
    ? { message: `The response was ${status}.` }
    : undefined
}

function spending(
  { usage, model, serviceTier, searches }: ResponsesAnswer,
  headers: ReplyHeaders,
  streamed: boolean,
) {
  return {
    usage: chatUsage(usage),
    cacheWrite1hTokens: longWrites(usage),
    billing: { ...(searches > 0 && { searches }), ...billedApart(usage) },
    // The header of a stream was written before its cost was known.
    reportedCostUsd:
      reportedCost(usage) ?? (streamed ? null : numberHeader(headers, 'x-litellm-response-cost')),
    serviceTier,
    headers,
    model,
  }
}
