import type Anthropic from '@anthropic-ai/sdk'
import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources'
import { AgentError } from '../../../agent/errors.js'
import type { Usage } from '../../../agent/metrics/usage.js'
import { isJsonObject, type JsonObject } from '../../../util/json.js'
import {
  connectionError,
  refusalError,
  truncatedError,
  unforeseenError,
  wasUnsent,
} from '../../errors.js'
import type { Route } from '../../routes/route.js'
import { failedHavingSpent, modelReply, numberHeader, type WireAnswer } from '../model-reply.js'
import { guarded, isJson, type Tell, tellAll, type Wire, type WireCall } from '../wire.js'
import { anthropicClient } from './client.js'
import { type MessagesRequest, messagesRequest } from './request.js'
import { MessageBuilder, type MessagesUsage } from './stream.js'

/** One call on the Anthropic Messages wire. Tells deltas; fails with an AgentError. */
export const messagesCall: Wire = guarded(async (call, tell) => {
  const { route, settings, stream, signal } = call
  const prepared = messagesRequest(call)
  const builder = new MessageBuilder()
  const { client, vendor } = await anthropicClient(route)
  let answering = false
  const head: { headers?: Headers } = {}
  try {
    const { data, response } = await client.messages
      .create(prepared.body, {
        signal,
        headers: { accept: 'application/json', ...settings.headers },
      })
      .withResponse()
    answering = true
    head.headers = response.headers
    const streamed = stream && !isJson(response.headers)
    if (streamed)
      await tellStream(data as AsyncIterable<RawMessageStreamEvent>, builder, call, tell)
    else await tellAll(builder.complete((stream ? await response.json() : data) as Message), tell)
    const answered = answer(builder, prepared, route, response.headers, streamed)
    return await modelReply(answered, call)
  } catch (thrown) {
    const error = translated(thrown, vendor, route, answering, builder.text)
    const { saidAll: complete } = builder
    // The header's cost is of a whole reply, which this is not.
    const told = { ...spending(builder.answer()), reportedCostUsd: null, ...head, complete }
    throw await failedHavingSpent(error, told, call)
  }
})

async function tellStream(
  events: AsyncIterable<RawMessageStreamEvent>,
  builder: MessageBuilder,
  { signal }: WireCall,
  tell: Tell,
): Promise<void> {
  try {
    for await (const event of events) await tellAll(builder.push(event), tell)
  } catch (thrown) {
    // What breaks after the last word takes nothing from the answer.
    if (signal.aborted || !builder.saidAll) throw thrown
  }
}

function answer(
  builder: MessageBuilder,
  { points, body }: MessagesRequest,
  route: Route,
  headers: Headers,
  streamed: boolean,
): WireAnswer {
  const said = builder.answer()
  if (said.rawStopReason === null) throw truncatedError(route, builder.text)
  return {
    ...said,
    ...spending(said),
    reportedCostUsd: streamed ? null : numberHeader(headers, 'x-litellm-response-cost'),
    headers,
    points,
    parts: points.sent.length > 0 ? cachedParts(body as unknown as JsonObject) : [],
  }
}

function spending({ usage, model }: Pick<ReturnType<MessageBuilder['answer']>, 'usage' | 'model'>) {
  return { usage: usage && normalised(usage), cacheWrite1hTokens: usage?.written1h, model }
}

/** Anthropic counts cached tokens apart from `input_tokens`; everywhere here input includes them. */
function normalised({ input, output, read, written }: MessagesUsage): Usage {
  const inputTokens = input + (read ?? 0) + (written ?? 0)
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

function translated(
  thrown: unknown,
  vendor: typeof Anthropic,
  route: Route,
  answering: boolean,
  text: string,
): AgentError {
  if (thrown instanceof AgentError) return thrown
  if (thrown instanceof vendor.APIConnectionError)
    return connectionError(route, thrown, { sent: !wasUnsent(thrown), text })
  if (thrown instanceof vendor.APIError) {
    const { status, error, headers } = thrown
    // The body is { type: 'error', error: { type, message } }.
    const detail = isJsonObject(error) && error.error !== undefined ? error.error : error
    return refusalError({ status, error: detail, headers, text }, route)
  }
  if (thrown instanceof SyntaxError) return truncatedError(route, text)
  // In an answer, that is how fetch tells that the connection broke off.
  if (answering && thrown instanceof TypeError)
    return connectionError(route, thrown, { sent: true, text })
  return unforeseenError(route, thrown, text)
}
