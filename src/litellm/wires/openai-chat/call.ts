import type OpenAI from 'openai'
import type { ChatCompletionCreateParams } from 'openai/resources'
import { isJsonObject } from '../../../agent/content.js'
import type { ModelEvent } from '../../../agent/model.js'
import {
  connectionError,
  protocolError,
  refusalError,
  truncatedError,
  wasUnsent,
} from '../../errors.js'
import { modelReply, numberHeader, type WireAnswer } from '../../reply.js'
import type { Route } from '../../route.js'
import { chatUsage, longWrites, reportedCost } from '../../usage.js'
import { isJson } from '../json-reply.js'
import type { WireCall } from '../wire.js'
import { openaiClient } from './client.js'
import { type ChatRequest, cachedParts, chatRequest } from './request.js'
import { ChatAnswerBuilder } from './stream.js'

/** One call on the OpenAI chat wire. Yields deltas, then the reply; fails with an AgentError. */
export async function* chatCall(call: WireCall): AsyncGenerator<ModelEvent> {
  const { request, route, settings, stream, signal } = call
  const prepared = chatRequest(request, route, settings, stream)
  const builder = new ChatAnswerBuilder()
  const { client, vendor } = await openaiClient(route)
  let answering = false
  try {
    const { data, response } = await client.chat.completions
      // The body is LiteLLM's superset of OpenAI's: what the types do not know is meant to be there.
      .create(prepared.body as unknown as ChatCompletionCreateParams, {
        signal,
        headers: { accept: 'application/json', ...settings.headers },
      })
      .withResponse()
    answering = true
    const streamed = stream && !isJson(response)
    if (streamed) {
      for await (const chunk of data as AsyncIterable<unknown>) {
        if (isJsonObject(chunk)) yield* builder.push(chunk)
      }
    } else {
      const completion: unknown = stream ? await response.json() : data
      if (!isJsonObject(completion))
        throw protocolError(route, 'answered with something that is no JSON object')
      if (completion.error !== undefined && completion.error !== null)
        throw refusalError({ status: undefined, error: completion.error }, route)
      if (!Array.isArray(completion.choices) || completion.choices.length === 0)
        throw protocolError(route, 'answered without any choice')
      yield* builder.complete(completion)
    }
    const answered = answer(builder, prepared, route, response.headers, streamed)
    yield { type: 'reply', reply: await modelReply(answered, call) }
  } catch (thrown) {
    throw translated(thrown, vendor, route, answering, builder.text)
  }
}

function answer(
  builder: ChatAnswerBuilder,
  { points, body }: ChatRequest,
  route: Route,
  headers: Headers,
  streamed: boolean,
): WireAnswer {
  const { usage: raw, ...said } = builder.answer()
  if (said.rawStopReason === null) throw truncatedError(route, builder.text)
  return {
    ...said,
    usage: chatUsage(raw),
    cacheWrite1hTokens: longWrites(raw),
    // The header of a stream was written before its cost was known.
    reportedCostUsd:
      reportedCost(raw) ?? (streamed ? null : numberHeader(headers, 'x-litellm-response-cost')),
    headers,
    points,
    parts: points.sent.length > 0 ? cachedParts(body) : [],
  }
}

function translated(
  thrown: unknown,
  vendor: typeof OpenAI,
  route: Route,
  answering: boolean,
  text: string,
): unknown {
  if (thrown instanceof vendor.APIConnectionError)
    return connectionError(route, thrown, { sent: !wasUnsent(thrown), text })
  if (thrown instanceof vendor.APIError) {
    const { status, error, headers } = thrown
    return refusalError({ status, error, headers, text }, route)
  }
  if (!answering) return thrown
  // A reset in mid-stream and a chunk that is no JSON come as plain errors.
  if (thrown instanceof SyntaxError) return truncatedError(route, text)
  if (thrown instanceof TypeError) return connectionError(route, thrown, { sent: true, text })
  return thrown
}
