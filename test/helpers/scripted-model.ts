import { type AgentError, cancelledError } from '../../src/agent/errors.js'
import type { ContentBlock } from '../../src/agent/messages/content.js'
import { emptyCacheReport } from '../../src/agent/metrics/cache-report.js'
import type {
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
} from '../../src/agent/model.js'
import type { JsonValue } from '../../src/util/json.js'
import { untilAborted } from '../../src/util/until-aborted.js'

/** One model call's answer: a text, a text with tool calls, or a failure. */
export type Step =
  | string
  | AgentError
  | { text?: string; calls?: { name: string; input: JsonValue }[] }
  /** Never answers; ends when the call is cancelled. */
  | 'hang'

/** A model in memory that answers from a list, in order, and remembers what it was asked. */
export class ScriptedModel implements Model {
  readonly modelId = 'scripted'
  readonly requests: ModelRequest[] = []
  private calls = 0

  constructor(private readonly steps: readonly Step[]) {}

  async *stream(request: ModelRequest, { signal }: ModelCallOptions): AsyncGenerator<ModelEvent> {
    this.requests.push(structuredClone(request))
    const step = this.steps[this.requests.length - 1]
    if (step === undefined) throw new Error('The script has no step for this call.')
    if (step instanceof Error) throw step
    if (step === 'hang') {
      await untilAborted(signal).aborted.catch(() => {})
      throw cancelledError()
    }
    const { text = '', calls = [] } = typeof step === 'string' ? { text: step } : step
    if (text !== '') yield { type: 'textDelta', text }
    const content: ContentBlock[] = text === '' ? [] : [{ text }]
    for (const call of calls) {
      yield { type: 'toolUseStart', name: call.name }
      content.push({ toolUse: { toolUseId: `call_${++this.calls}`, ...call } })
    }
    yield { type: 'reply', reply: replyOf(content) }
  }
}

/** Every call reports 10 tokens in, 5 out and a cost of 0.001 USD. */
export function replyOf(content: ContentBlock[]): ModelReply {
  const called = content.some((block) => 'toolUse' in block)
  return {
    message: { role: 'assistant', content },
    stopReason: called ? 'toolUse' : 'endTurn',
    rawStopReason: called ? 'tool_calls' : 'stop',
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    costUsd: 0.001,
    costSource: 'reported',
    providerModel: null,
    callId: null,
    attemptedRetries: null,
    attemptedFallbacks: null,
    cache: emptyCacheReport(),
  }
}
