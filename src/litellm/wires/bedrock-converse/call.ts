import type {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseCommandOutput,
  ConverseStreamCommand,
  ConverseStreamCommandOutput,
} from '@aws-sdk/client-bedrock-runtime'
import { cancelledError } from '../../../agent/errors.js'
import { untilAborted } from '../../../util/until-aborted.js'
import { wellFormed } from '../../../util/well-formed.js'
import { truncatedError } from '../../errors.js'
import type { Route } from '../../routes/route.js'
import { modelReply, type WireAnswer, withReportedSpending } from '../model-reply.js'
import { type EmitCallEvent, emitAll, normalizeErrors, type Wire, type WireCall } from '../wire.js'
import { bedrockClient, type Vendor } from './client.js'
import { converseError, malformedError } from './errors.js'
import { type ConverseRequest, converseRequest } from './request.js'
import { type ConverseAnswer, ConverseAnswerBuilder } from './stream.js'
import { converseUsage, longWrites } from './usage.js'

/** Makes one call on Bedrock's Converse API. Emits deltas and throws an AgentError on failure. */
export const bedrockCall: Wire = normalizeErrors(async (call, emit) => {
  const { route } = call
  const prepared = converseRequest(call)
  const { client, vendor } = await bedrockClient(route)
  for (const message of prepared.notices) await emit({ type: 'notice', message })
  const builder = new ConverseAnswerBuilder()
  const { signal } = call
  const state = { answering: false }
  try {
    await converse(builder, { call, prepared, client, vendor, signal, state, emit })
    return await modelReply(answer(builder, prepared, route), call)
  } catch (thrown) {
    const { text, isComplete: complete } = builder
    const error = signal.aborted
      ? cancelledError()
      : converseError(thrown, route, { answering: state.answering, text })
    throw await withReportedSpending(error, { ...spending(builder.answer()), complete }, call)
  }
})

interface Exchange {
  call: WireCall
  prepared: ConverseRequest
  client: BedrockRuntimeClient
  vendor: Vendor
  signal: AbortSignal
  state: { answering: boolean }
  emit: EmitCallEvent
}

async function converse(
  builder: ConverseAnswerBuilder,
  { call, prepared, client, vendor, signal, state, emit }: Exchange,
): Promise<void> {
  const input = wellFormed(prepared.input)
  const { headers } = call.settings
  if (call.stream) {
    const command = withHeaders(new vendor.ConverseStreamCommand(input), headers)
    const sent = client.send(command, { abortSignal: signal })
    const output = await untilDone<ConverseStreamCommandOutput | undefined>(
      sent.catch((error: unknown) => {
        if (!needsWholeAnswer(error)) throw error
        return undefined
      }),
      signal,
    )
    state.answering = true
    if (output) {
      try {
        for await (const event of output.stream ?? []) await emitAll(builder.push(event), emit)
      } catch (thrown) {
        // A connection failure after the last event does not affect the answer.
        if (signal.aborted || !builder.isComplete) throw thrown
      }
      return
    }
  }
  const command = withHeaders(new vendor.ConverseCommand(input), headers)
  const output = await untilDone<ConverseCommandOutput>(
    client.send(command, { abortSignal: signal }),
    signal,
  )
  state.answering = true
  await emitAll(builder.complete(output), emit)
}

/** Returns whether the model family does not support tools while it streams. */
function needsWholeAnswer(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationException' &&
    /(doesn't|does not) support.{0,40}stream/i.test(error.message)
  )
}

/**
 * Resolves with the work, or rejects when the signal aborts. The package ignores the signal while
 * it looks for credentials, which can take seconds.
 */
async function untilDone<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { aborted, stop } = untilAborted(signal)
  try {
    return await Promise.race([work, aborted])
  } finally {
    stop()
  }
}

function withHeaders<T extends ConverseCommand | ConverseStreamCommand>(
  command: T,
  headers: Readonly<Record<string, string>>,
): T {
  if (Object.keys(headers).length === 0) return command
  const { middlewareStack } = command as ConverseCommand
  // The headers are added before the request is signed, so that the signature includes them.
  middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers)
      return next(args)
    },
    { step: 'build', name: 'extraHeaders' },
  )
  return command
}

function answer(
  builder: ConverseAnswerBuilder,
  { book }: ConverseRequest,
  route: Route,
): WireAnswer {
  const { additional, ...said } = builder.answer()
  const { rawStopReason } = said
  if (rawStopReason === null) throw truncatedError(route, builder.text)
  if (rawStopReason.startsWith('malformed_'))
    throw malformedError(route, rawStopReason, builder.text)
  return {
    ...said,
    ...spending({ additional, ...said }),
    points: book.points,
    parts: book.parts,
  }
}

function spending({ usage, additional, model }: ConverseAnswer) {
  return {
    usage: converseUsage(usage, additional),
    cacheWrite1hTokens: longWrites(usage),
    reportedCostUsd: null,
    model,
  }
}
