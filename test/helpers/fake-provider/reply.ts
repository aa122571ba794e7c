import { countTokens, type PromptAccount } from './prompt-cache.js'
import type { ModelRequest, Step } from './types.js'

/** A step with everything filled in, ready to be said in any wire's form. */
export type Reply = {
  id: string
  model: string
  includeUsage: boolean
  step: Step
  account: PromptAccount
  reasoningPieces: string[]
  textPieces: string[]
  toolCalls: { id: string | undefined; name: string; arguments: string }[]
  /** In OpenAI's words, or whatever the step says. */
  stopReason: string | null
  outputTokens: number
  reasoningTokens: number
  /** The reasoning as the Responses API returns it, where the request asks for it. */
  encrypted?: string
}

/** One server-sent event; `isContent` marks those that `betweenChunksMs` spaces out. */
export type StreamEvent = { bytes: string | Uint8Array; isContent: boolean }

/** `closing` is what a reply that breaks off never gets to say. */
export type RenderedStream = { content: StreamEvent[]; closing: StreamEvent[] }

const CALL_IDS = {
  openai: 'call',
  responses: 'call',
  anthropic: 'toolu',
  bedrock: 'tooluse',
  google: 'call',
}

const REPLY_IDS = {
  openai: 'chatcmpl',
  responses: 'resp',
  anthropic: 'msg',
  bedrock: 'msg',
  google: 'resp',
}

export function makeReply(
  step: Step,
  request: ModelRequest,
  account: PromptAccount,
  nextId: (prefix: string) => string,
): Reply {
  const toolCalls = (step.toolCalls ?? []).map((call) => ({
    id: step.omitIds ? undefined : (call.id ?? nextId(CALL_IDS[request.wire])),
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }))
  const textPieces = step.chunks ?? words(step.text ?? '')
  const usualStop = toolCalls.length > 0 ? 'tool_calls' : 'stop'
  const reasoningTokens = countTokens(step.reasoning?.text ?? '')
  const said = textPieces.join('') + toolCalls.map((call) => call.name + call.arguments).join('')
  return {
    id: nextId(REPLY_IDS[request.wire]),
    model: request.model,
    includeUsage: request.includeUsage,
    step,
    account,
    reasoningPieces: words(step.reasoning?.text ?? ''),
    textPieces,
    toolCalls,
    stopReason: step.stopReason === undefined ? usualStop : step.stopReason,
    outputTokens: countTokens(said) + reasoningTokens,
    reasoningTokens,
  }
}

/** Up to four pieces, cut between words. */
function words(text: string): string[] {
  return pieces(text.match(/\s*\S+\s*/g) ?? (text ? [text] : []), 4).map((part) => part.join(''))
}

/** Three fragments that are no JSON by themselves, as providers cut arguments. */
export function argumentFragments(json: string): string[] {
  return pieces([...json], 3).map((part) => part.join(''))
}

function pieces<T>(items: T[], count: number): T[][] {
  const size = Math.ceil(items.length / count)
  const starts = Array.from({ length: size && Math.ceil(items.length / size) }, (_, i) => i * size)
  return starts.map((start) => items.slice(start, start + size))
}
