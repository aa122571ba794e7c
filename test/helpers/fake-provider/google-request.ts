import { type PromptAccount, promptTokens } from './prompt-cache.js'
import type { JsonObject, ModelRequest, RecordedRequest } from './types.js'

export interface GoogleCall {
  request: ModelRequest
  account: PromptAccount
  /** The provider's refusal, in Google's words. */
  problem: { status: number; message: string } | null
}

/** The caches that `cachedContents` holds, by their names. */
export type GoogleCaches = Map<string, { displayName: string; tokens: number; content: JsonObject }>

/** Reads a call of Google's generateContent and judges it by the API's rules. */
export function googleCall(
  { body, headers, path }: RecordedRequest,
  caches: GoogleCaches,
): GoogleCall {
  const [, model = '', method = ''] = /([^/]+):(\w+)(?:\?|$)/.exec(path) ?? []
  const cache = caches.get(body.cachedContent)
  const prefix = cache?.content ?? body
  const contents: JsonObject[] = [...(cache?.content.contents ?? []), ...(body.contents ?? [])]
  const parts = (content: JsonObject): JsonObject[] => content.parts ?? []
  const users = contents.filter(({ role }) => role === 'user')
  const newest = contents.slice(contents.findLastIndex(({ role }) => role === 'model') + 1)
  const texts = (content: JsonObject) => parts(content).flatMap(({ text }) => text ?? [])
  const hasSpoken = newest.some((content) => texts(content).length > 0)
  const { mode, allowed_function_names: allowed } = body.toolConfig?.functionCallingConfig ?? {}
  const read = cache?.tokens ?? 0
  return {
    request: {
      wire: 'google',
      model,
      stream: method === 'streamGenerateContent',
      includeUsage: true,
      system: parts(prefix.system_instruction ?? {})
        .flatMap(({ text }) => text ?? [])
        .join('\n'),
      lastUserText: users.flatMap(texts).at(-1) ?? '',
      toolResults: hasSpoken ? [] : newest.flatMap((content) => results(parts(content))),
      tools: (prefix.tools ?? []).flatMap(({ function_declarations = [] }: JsonObject) =>
        function_declarations.map(({ name, description, parameters }: JsonObject) => ({
          name,
          description,
          inputSchema: parameters,
        })),
      ),
      forcedTool: mode === 'ANY' ? (allowed?.[0] ?? 'any') : null,
      responseSchema: body.generationConfig?.response_json_schema ?? null,
      headers,
      body,
    },
    account: {
      input: tokensOf({ ...prefix, contents }) - read,
      read,
      written5m: 0,
      written1h: 0,
    },
    problem: problemOf(model, body, contents, cache !== undefined),
  }
}

/** The tokens of what a request or a cache holds. */
export function tokensOf({ system_instruction, tools = [], contents = [] }: JsonObject): number {
  return promptTokens({
    system: (system_instruction?.parts ?? []).map(block),
    tools: tools.flatMap(({ function_declarations = [] }: JsonObject) =>
      function_declarations.map(({ parameters, ...tool }: JsonObject) => ({
        ...tool,
        input_schema: parameters,
        type: 'custom',
      })),
    ),
    messages: contents.map(({ role, parts }: JsonObject) => ({
      role: role === 'model' ? 'assistant' : role,
      content: parts.filter(isCounted).map(block),
    })),
  })
}

/** Google counts neither thoughts that come back nor the text that a cache without any must have. */
function isCounted({ thought, text }: JsonObject): boolean {
  return !thought && text !== '.'
}

/** The block of the Messages API that a part comes to, so that both count alike. */
function block({ text, function_call: call, function_response: result }: JsonObject): JsonObject {
  if (call) return { type: 'tool_use', id: call.id, name: call.name, input: call.args }
  return result
    ? { type: 'tool_result', tool_use_id: result.id, content: result.response?.content }
    : { type: 'text', text: text ?? '' }
}

function results(parts: JsonObject[]): { id: string; text: string }[] {
  return parts.flatMap(({ function_response: result }) =>
    result ? [{ id: result.id, text: String(result.response?.content ?? '') }] : [],
  )
}

function problemOf(model: string, body: JsonObject, contents: JsonObject[], isCached: boolean) {
  const refusal = (message: string, status = 400) => ({ status, message })
  if (body.cachedContent && !isCached)
    return refusal('CachedContent not found (or permission denied)', 403)
  if (body.cachedContent && (body.system_instruction || body.tools || body.toolConfig))
    return refusal(
      'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.',
    )
  if (contents.length === 0)
    return refusal('* GenerateContentRequest.contents: contents is not specified')
  const calls = contents.filter(({ role }) => role === 'model')
  const unsigned = calls.find(({ parts }) => {
    const first = parts.find((part: JsonObject) => part.function_call)
    return first && !first.thoughtSignature
  })
  if (unsigned && /gemini-3/.test(model))
    return refusal('Function call is missing a thought_signature in functionCall parts.')
  for (const { parts } of contents)
    if (!parts?.length)
      return refusal(
        '* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.',
      )
  return null
}
