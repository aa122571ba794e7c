import type { JsonObject, ModelRequest } from './types.js'

const encryptedContent = 'reasoning.encrypted_content'
const chatParams = ['messages', 'max_tokens', 'stop', 'seed', 'response_format', 'reasoning_effort']

export interface ResponsesCall {
  request: ModelRequest
  /** The Messages request that it comes to, so that both are counted alike, with OpenAI's cache. */
  messagesBody: JsonObject
  /** The provider's refusal, in OpenAI's words. */
  problem: JsonObject | null
  encrypts: boolean
}

/** Reads a call of the Responses API and judges it by the API's rules. */
export function responsesCall(
  body: JsonObject,
  headers: Record<string, string>,
  issued: ReadonlySet<string>,
): ResponsesCall {
  const items: JsonObject[] = Array.isArray(body.input) ? body.input : []
  const messages = items.flatMap(chatMessage)
  const system = messages.filter(({ role }) => role === 'system')
  const newest = items.slice(items.findLastIndex(isOfModel) + 1)
  const userHasSpoken = newest.some(({ type, role }) => type === 'message' && role === 'user')
  const userTexts = messages.filter(({ role }) => role === 'user').map(({ content }) => content)
  const tools = (body.tools ?? []).map(
    ({ name, description = '', parameters = {} }: JsonObject) => ({
      name,
      description,
      inputSchema: parameters,
    }),
  )
  return {
    request: {
      wire: 'responses',
      model: String(body.model ?? body.preset ?? ''),
      stream: body.stream === true,
      includeUsage: true,
      system: system.map(({ content }) => content).join('\n'),
      lastUserText: String(userTexts.findLast((text) => text !== '') ?? ''),
      toolResults: userHasSpoken
        ? []
        : newest.flatMap(({ type, call_id, output }) =>
            type === 'function_call_output' ? [{ id: call_id, text: textOf(output) }] : [],
          ),
      tools,
      forcedTool: forcedTool(body.tool_choice),
      responseSchema: body.text?.format?.schema ?? null,
      headers,
      body,
    },
    messagesBody: messagesBody(body, items),
    problem: problemOf(body, items, issued),
    encrypts: Array.isArray(body.include) && body.include.includes(encryptedContent),
  }
}

/** OpenAI's own chat completions refuse function tools while the model reasons, from GPT 5.4 on. */
export function openAiRule(
  { model, tools, reasoning_effort }: JsonObject,
  { host, 'x-fake-openai': asOpenAi }: Record<string, string>,
): JsonObject | null {
  const isOpenAi = host === 'api.openai.com' || asOpenAi !== undefined
  const reasons = /^gpt-(5\.[4-9]|[6-9])/.test(String(model)) && reasoning_effort !== 'none'
  if (!isOpenAi || !reasons || !tools?.length) return null
  return refusal(
    `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
    'reasoning_effort',
    null,
  )
}

function problemOf(body: JsonObject, items: JsonObject[], issued: ReadonlySet<string>) {
  const unknown = chatParams.find((name) => name in body)
  if (unknown) return refusal(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter')
  if (!Array.isArray(body.input) && typeof body.input !== 'string')
    return refusal("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  if (body.max_output_tokens < 16)
    return refusal(
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.",
      'max_output_tokens',
      'integer_below_min_value',
    )
  if (body.tools?.some(({ type, name }: JsonObject) => type === 'function' && !name))
    return refusal(
      "Missing required parameter: 'tools[0].name'.",
      'tools',
      'missing_required_parameter',
    )
  for (const [at, item] of items.entries()) {
    const problem = itemProblem(item, at, items, issued)
    if (problem) return problem
  }
  return null
}

function itemProblem(
  item: JsonObject,
  at: number,
  items: JsonObject[],
  issued: ReadonlySet<string>,
) {
  const { type, id, call_id, encrypted_content } = item
  if (type === 'reasoning') {
    if (!encrypted_content) return refusal(`Item with id '${id}' not found.`, 'input', null)
    if (!issued.has(encrypted_content))
      return refusal(
        `The encrypted content for item ${id} could not be verified.`,
        null,
        'invalid_encrypted_content',
      )
    const next = items.slice(at + 1).find((other) => other.type !== 'reasoning')
    if (!next || !isOfModel(next))
      return refusal(
        `Item '${id}' of type 'reasoning' was provided without its required following item.`,
        'input',
        null,
      )
  }
  if (type === 'function_call' && !items.some((other) => isOutput(other, call_id)))
    return refusal(`No tool output found for function call ${call_id}.`, 'input', null)
  if (
    type === 'function_call_output' &&
    !items.slice(0, at).some((other) => isCall(other, call_id))
  )
    return refusal(
      `No tool call found for function call output with call_id ${call_id}.`,
      'input',
      null,
    )
  if (typeof call_id === 'string' && call_id.length > 64)
    return refusal(
      `Invalid 'input[${at}].call_id': string too long. Expected a string with maximum length 64.`,
      'input',
      'string_above_max_length',
    )
  return null
}

function isCall({ type, call_id }: JsonObject, id: string): boolean {
  return type === 'function_call' && call_id === id
}

function isOutput({ type, call_id }: JsonObject, id: string): boolean {
  return type === 'function_call_output' && call_id === id
}

function isOfModel({ type, role }: JsonObject): boolean {
  return type === 'function_call' || type === 'reasoning' || role === 'assistant'
}

function refusal(message: string, param: string | null, code: string | null): JsonObject {
  return { error: { message, type: 'invalid_request_error', param, code } }
}

function chatMessage(item: JsonObject): JsonObject[] {
  const { type, role, content, output, call_id, name, arguments: args } = item
  if (type === 'function_call')
    return [{ role: 'assistant', content: `${name} ${args}`, tool_calls: [], id: call_id }]
  if (type === 'function_call_output') return [{ role: 'tool', content: textOf(output) }]
  return type === 'message' ? [{ role, content: textOf(content) }] : []
}

/** OpenAI caches by itself what precedes the end of the prompt, and of the system prompt. */
function messagesBody({ model, tools = [] }: JsonObject, items: JsonObject[]): JsonObject {
  const cache_control = { type: 'ephemeral' }
  const isSystem = ({ role }: JsonObject) => role === 'system' || role === 'developer'
  const text = (part: JsonObject) => ({ type: 'text', text: part.text ?? '' })
  const system: JsonObject[] = items.filter(isSystem).flatMap(({ content }) => content.map(text))
  const messages = items
    .filter((item) => !isSystem(item))
    .map((item) => {
      const { type, role, content, call_id, name, arguments: args, output } = item
      if (type === 'function_call')
        return {
          role: 'assistant',
          content: [{ type: 'tool_use', id: call_id, name, input: parsed(args) }],
        }
      if (type === 'function_call_output')
        return {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call_id, content: textOf(output) }],
        }
      if (type !== 'message') return { role: 'assistant', content: [{ type: 'text', text: '' }] }
      return { role, content: typeof content === 'string' ? content : content.map(text) }
    })
  const last = messages.at(-1)?.content.at?.(-1)
  for (const block of [system.at(-1), last])
    if (typeof block === 'object') block.cache_control = cache_control
  return {
    model,
    system,
    tools: tools.map(({ name, description, parameters }: JsonObject) => ({
      name,
      description,
      input_schema: parameters,
      type: 'custom',
    })),
    messages,
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => part?.text ?? '')
    .filter(Boolean)
    .join('\n')
}

function forcedTool(choice: unknown): string | null {
  if (choice === 'required') return 'any'
  if (choice === null || typeof choice !== 'object') return null
  const { type, name } = choice as JsonObject
  return type === 'function' ? name : null
}
