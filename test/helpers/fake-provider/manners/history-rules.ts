import type { JsonObject, ModelRequest } from '../types.js'
import { anthropicRefusal, openAiRefusal, type Refusal } from './manner.js'

function messagesOf({ body }: ModelRequest): JsonObject[] {
  return Array.isArray(body.messages) ? body.messages : []
}

function callsOf(message: JsonObject): JsonObject[] {
  return message.tool_calls ?? []
}

function mistralRefusal(message: string, type: string, code: string): Refusal {
  return { status: 400, body: { object: 'error', message, type, param: null, code } }
}

/** Mistral's rules for the ids of calls and for the order of roles. */
export function mistralHistory(request: ModelRequest): Refusal | null {
  const messages = messagesOf(request)
  for (const id of messages.flatMap((message) => callsOf(message).map((call) => call.id)))
    if (!/^[a-zA-Z0-9]{9}$/.test(id))
      return mistralRefusal(
        `Tool call id was ${id} but must be a-z, A-Z, 0-9, with a length of 9.`,
        'invalid_function_call',
        '3280',
      )
  const known = new Set(messages.flatMap((message) => callsOf(message).map((call) => call.id)))
  for (const [index, { role, tool_call_id }] of messages.entries()) {
    if (role === 'tool' && !known.has(tool_call_id))
      return mistralRefusal('Unexpected tool call id', 'invalid_request_message_order', '3230')
    if (role === 'user' && messages[index - 1]?.role === 'tool')
      return mistralRefusal(
        "Unexpected role 'user' after role 'tool'",
        'invalid_request_message_order',
        '3230',
      )
  }
  return null
}

/** OpenAI's longest id of a call. */
export function openAiHistory(request: ModelRequest): Refusal | null {
  for (const [index, message] of messagesOf(request).entries())
    for (const { id } of callsOf(message))
      if (String(id).length > 40)
        return openAiRefusal(
          `Invalid 'messages[${index}].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length ${String(id).length} instead.`,
          { code: 'string_above_max_length' },
        )
  return null
}

/** Chat templates of open models that raise an error unless the roles alternate. */
export function alternatingRoles(request: ModelRequest): Refusal | null {
  const turns = messagesOf(request).filter(({ role }) => role !== 'system')
  const repeated = turns.some(
    ({ role }, index) => role === 'user' && turns[index - 1]?.role === role,
  )
  return repeated
    ? openAiRefusal('Conversation roles must alternate user/assistant/user/assistant/...', {
        type: 'BadRequestError',
      })
    : null
}

/** LiteLLM in front of Bedrock, and Anthropic: a history with calls requires tools. */
export function toolsRequired(request: ModelRequest): Refusal | null {
  if (request.tools.length > 0) return null
  const used = messagesOf(request).some(
    (message) =>
      callsOf(message).length > 0 ||
      message.role === 'tool' ||
      (Array.isArray(message.content) &&
        message.content.some(
          ({ type }: JsonObject) => type === 'tool_use' || type === 'tool_result',
        )),
  )
  if (!used) return null
  return request.wire === 'anthropic'
    ? anthropicRefusal(
        'Requests which include `tool_use` or `tool_result` blocks must define tools',
      )
    : openAiRefusal(
        "litellm.UnsupportedParamsError: Bedrock doesn't support tool calling without `tools=` param specified. Pass `tools=` param OR set `litellm.modify_params = True` // `litellm_settings::modify_params: True` to add dummy tool to the request.",
      )
}

/** DeepSeek and others in thinking mode: each turn with calls must carry its reasoning. */
export function reasoningRequired(request: ModelRequest): Refusal | null {
  const missing = messagesOf(request).some(
    (message) =>
      message.role === 'assistant' &&
      callsOf(message).length > 0 &&
      typeof message.reasoning_content !== 'string',
  )
  return missing
    ? openAiRefusal('The `reasoning_content` in the thinking mode must be passed back to the API.')
    : null
}

/** Gemini 3 behind OpenRouter: the details of the reasoning must come back with a call. */
export function detailsRequired(request: ModelRequest): Refusal | null {
  const missing = messagesOf(request).some(
    (message) => callsOf(message).length > 0 && !Array.isArray(message.reasoning_details),
  )
  return missing
    ? {
        status: 400,
        body: {
          error: {
            message: 'Provider returned error',
            code: 400,
            metadata: {
              raw: 'Gemini models require OpenRouter reasoning details to be preserved in each request.',
              provider_name: 'Google AI Studio',
            },
          },
        },
      }
    : null
}

/** Servers that accept only the fields they know, such as Groq and Mistral. */
export function noReasoningFields(request: ModelRequest): Refusal | null {
  for (const [index, message] of messagesOf(request).entries())
    for (const field of ['reasoning_content', 'reasoning_details', 'thinking_blocks'])
      if (message[field] !== undefined)
        return openAiRefusal(
          `'messages.${index}' : for 'role:assistant' the following must be satisfied[('messages.${index}' : property '${field}' is unsupported)]`,
        )
  return null
}
