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
import type { HttpReply, ReplyHeaders } from '../../http/reply.js'
import type { Route } from '../../routes/route.js'
import { modelReply, withReportedSpending } from '../model-reply.js'
import { readStream } from '../read-stream.js'
import { send } from '../send.js'
import { emitAll, normalizeErrors, type Wire, type WireCall } from '../wire.js'
import { isGone, type PrefixedBody, withCachedPrefix } from './cached-contents.js'
import { endpointOf } from './endpoint.js'
import { type GoogleRequest, googleRequest } from './request.js'
import { type GoogleAnswer, GoogleAnswerBuilder } from './stream.js'
import { googleUsage, modalities } from './usage.js'

/** Makes one call on Google's generateContent wire. Emits deltas; fails with an AgentError. */
export const googleCall: Wire = normalizeErrors(async (call, emit) => {
  const { route, stream } = call
  const prepared = googleRequest(call)
  const builder = new GoogleAnswerBuilder()
  const { reply, cacheCreationTokens } = await sendPrepared(prepared, call)
  const { headers } = reply
  try {
    const body = await answerBody(reply, stream)
    const push = (events: readonly string[]) => pushAll(events, builder, route)
    if ('events' in body)
      await readStream({ reply, events: body.events, builder, push }, call, emit)
    else await emitAll(builder.push(parsed(body.text, route, builder)), emit)
    const said = builder.answer()
    if (said.rawStopReason === null) throw truncatedError(route, builder.text)
    const { points, parts } = prepared
    return await modelReply(
      { ...said, ...spending(said, headers, cacheCreationTokens), points, parts },
      call,
    )
  } catch (thrown) {
    const { text, isComplete: complete } = builder
    const error =
      thrown instanceof AgentError ? thrown : connectionError(route, thrown, { sent: true, text })
    throw await withReportedSpending(
      error,
      { ...spending(builder.answer(), headers, cacheCreationTokens), complete },
      call,
    )
  }
})

interface Sent {
  reply: HttpReply
  cacheCreationTokens: number
}

/** Sends the request. A cache that is gone is created again, once. */
async function sendPrepared(prepared: GoogleRequest, call: WireCall): Promise<Sent> {
  const { stream, once, headers } = endpointOf(call.route)
  const url = call.stream ? stream : once
  const trySend = async () => {
    const { body, cacheCreationTokens } = await bodyOf(prepared, call)
    return { reply: await send({ url, headers, body }, call), cacheCreationTokens }
  }
  try {
    return await trySend()
  } catch (thrown) {
    if (prepared.points.sent.length === 0 || !isGone(thrown, prepared, call)) throw thrown
    return trySend()
  }
}

async function bodyOf(prepared: GoogleRequest, call: WireCall): Promise<PrefixedBody> {
  const { contents, prefix, rest, points } = prepared
  if (points.sent.length === 0)
    return { body: { contents, ...prefix, ...rest }, cacheCreationTokens: 0 }
  const { body, cacheCreationTokens } = await withCachedPrefix(prepared, call)
  return { body: { ...body, ...rest }, cacheCreationTokens }
}

function* pushAll(events: readonly string[], builder: GoogleAnswerBuilder, route: Route) {
  for (const data of events) {
    if (data.startsWith('[DONE]')) continue
    yield* builder.push(parsed(data, route, builder))
  }
}

/** Parses a response. Throws if it reports an error or is truncated. */
function parsed(text: string, route: Route, builder: GoogleAnswerBuilder): JsonObject {
  const response = parseJsonObject(text)
  if (!response && /^\s*[{[]/.test(text)) throw truncatedError(route, builder.text)
  if (!response) throw protocolError(route, 'answered with text that is not a JSON object')
  if (isErrorBody(response))
    throw httpErrorToAgentError({ status: undefined, error: response, text: builder.text }, route)
  return response
}

function spending(
  { usage, model, searches }: GoogleAnswer,
  headers: ReplyHeaders,
  cacheCreationTokens: number,
) {
  return {
    usage: googleUsage(usage),
    billing: {
      ...(searches > 0 && { searches }),
      ...(cacheCreationTokens > 0 && { cacheCreationTokens }),
      ...modalities(usage),
    },
    reportedCostUsd: null,
    headers,
    model,
  }
}
