import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

interface MessagesParams {
  [name: string]: JsonValue | undefined
  /** Whether the model may make several tool calls at a time. */
  parallel?: boolean
  choice?: JsonObject
}

/**
 * Converts LiteLLM's (OpenAI's) parameter names to those of the Messages API. `adapt.ts` reports
 * parameters without a counterpart. Other names are passed unchanged.
 */
export function messagesParams(body: Readonly<JsonObject>): MessagesParams {
  const {
    max_completion_tokens,
    stop,
    user,
    parallel_tool_calls,
    tool_choice,
    stream_options: _,
    response_format: __,
    ...rest
  } = body
  return {
    ...(max_completion_tokens !== undefined && { max_tokens: max_completion_tokens }),
    ...rest,
    ...(stop !== undefined &&
      stop !== null && { stop_sequences: Array.isArray(stop) ? stop : [stop] }),
    ...(typeof user === 'string' && { metadata: { ...metadataOf(rest), user_id: user } }),
    ...(typeof parallel_tool_calls === 'boolean' && { parallel: parallel_tool_calls }),
    ...(tool_choice !== undefined && choiceOf(tool_choice)),
  }
}

function metadataOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) ? metadata : {}
}

function choiceOf(choice: JsonValue): { choice?: JsonObject } {
  if (choice === 'required') return { choice: { type: 'any' } }
  if (choice === 'auto' || choice === 'none') return { choice: { type: choice } }
  if (!isJsonObject(choice)) return {}
  const named = isJsonObject(choice.function) ? choice.function.name : undefined
  return { choice: typeof named === 'string' ? { type: 'tool', name: named } : choice }
}
