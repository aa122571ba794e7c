import type { StopReason } from '../../agent/messages/content.js'

/** A stop reason, or `failed` if the provider could not finish the answer. */
export type EndOfAnswer = StopReason | 'failed'

/**
 * The reasons for which providers end an answer, in lower case. A reason that is missing here does
 * not count as complete, so add it to the line that it belongs to.
 */
const reasons: Readonly<Record<EndOfAnswer, readonly string[]>> = {
  endTurn: [
    'stop',
    'end_turn',
    'eos',
    'eos_token',
    'end',
    'complete',
    'completed',
    'done',
    'finished',
    'finish',
  ],
  toolUse: ['tool_calls', 'tool_call', 'tool_use', 'function_call', 'function_calls'],
  stopSequence: ['stop_sequence', 'stop_sequences'],
  maxTokens: [
    'length',
    'max_tokens',
    'max_length',
    'max_output_tokens',
    'max_completion_tokens',
    'model_length',
    'token_limit',
    'model_context_window_exceeded',
    'context_length_exceeded',
  ],
  contentFiltered: [
    'content_filter',
    'content_filtered',
    'content_policy',
    'content_policy_violation',
    'guardrail_intervened',
    'refusal',
    'sensitive',
    'safety',
    'image_safety',
    'recitation',
    'blocklist',
    'prohibited_content',
    'spii',
    'language',
    'eval_blocked',
    'image_prohibited_content',
    'image_recitation',
    'model_armor',
  ],
  failed: [
    'error',
    'network_error',
    'abort',
    'aborted',
    'cancelled',
    'timeout',
    'insufficient_system_resource',
    'malformed_function_call',
    'malformed_model_output',
    'malformed_tool_use',
    'unexpected_tool_call',
    'too_many_tool_calls',
    'no_image',
    'image_other',
    'malformed_response',
    'missing_thought_signature',
    'other',
    'unknown',
    'finish_reason_unspecified',
    'pause_turn',
  ],
  cancelled: [],
  limitReached: [],
  interrupt: [],
}

const ends = new Map(
  Object.entries(reasons).flatMap(([end, words]) =>
    words.map((word) => [word, end as EndOfAnswer] as const),
  ),
)

/** Returns what a provider's reason means. An answer that ended with tool calls waits for their results. */
export function endOfAnswer(reason: string, hasCalls: boolean): EndOfAnswer {
  const end = ends.get(reason) ?? ends.get(reason.toLowerCase()) ?? 'failed'
  if (end === 'toolUse' && !hasCalls) return 'endTurn'
  return hasCalls && (end === 'endTurn' || end === 'stopSequence') ? 'toolUse' : end
}
