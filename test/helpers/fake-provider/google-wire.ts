import type { RenderedStream, Reply, StreamEvent } from './reply.js'
import type { JsonObject } from './types.js'

const FINISH: Record<string, string> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
}

/** One response of Google's generateContent, whole. */
export function googleBody(reply: Reply): JsonObject {
  return response(reply, [...thoughts(reply), ...texts(reply), ...calls(reply)], true)
}

/** The same as the API streams it: responses with pieces, the last one with the reason and the usage. */
export function googleStream(reply: Reply): RenderedStream {
  const event = (data: JsonObject, isContent: boolean): StreamEvent => ({
    bytes: `data: ${JSON.stringify(data)}\n\n`,
    isContent,
  })
  const pieces = [
    ...reply.reasoningPieces.map((text) => ({ text, thought: true })),
    ...reply.textPieces.map((text) => ({ text })),
    ...calls(reply),
  ]
  const closing = reply.step.end === 'noDone' ? [] : [event(response(reply, [], true), false)]
  return { content: pieces.map((part) => event(response(reply, [part], false), true)), closing }
}

export function googleError(status: number, message: string): JsonObject {
  return {
    error: { code: status, message, status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'ERROR' },
  }
}

function thoughts({ step }: Reply): JsonObject[] {
  return step.reasoning ? [{ text: step.reasoning.text, thought: true }] : []
}

function texts({ textPieces }: Reply): JsonObject[] {
  return textPieces.length > 0 ? [{ text: textPieces.join('') }] : []
}

/** Only the first of parallel calls is signed. */
function calls({ toolCalls, step }: Reply): JsonObject[] {
  return toolCalls.map(({ id, name, arguments: args }, at) => ({
    functionCall: { name, args: argumentsOf(args), ...(id !== undefined && { id }) },
    ...(at === 0 && { thoughtSignature: step.reasoning?.signature ?? 'c2lnbmF0dXJl' }),
  }))
}

/** Google's arguments are JSON. A model that writes other text has it in a string. */
function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function response(reply: Reply, parts: JsonObject[], isLast: boolean): JsonObject {
  const { stopReason, model, id } = reply
  const reason = stopReason && (FINISH[stopReason] ?? stopReason)
  return {
    candidates: [
      {
        index: 0,
        ...(parts.length > 0 && { content: { role: 'model', parts } }),
        ...(isLast && reason && { finishReason: reason }),
      },
    ],
    ...(isLast && { usageMetadata: usageOf(reply) }),
    modelVersion: model,
    responseId: id,
  }
}

function usageOf({ step, account, outputTokens, reasoningTokens }: Reply): JsonObject | null {
  if (step.usage !== undefined) return step.usage
  const prompt = account.input + account.read
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: outputTokens - reasoningTokens,
    ...(reasoningTokens > 0 && { thoughtsTokenCount: reasoningTokens }),
    ...(account.read > 0 && { cachedContentTokenCount: account.read }),
    totalTokenCount: prompt + outputTokens,
  }
}
