import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'

export interface ConverseParams {
  /** The members of the request, by Converse's names. */
  fields: Partial<ConverseCommandInput>
  /** The parameters that Converse passes to the model family. */
  additional: JsonObject
  /** The tool choice in the form of OpenAI, Anthropic or Converse. */
  toolChoice: JsonValue | undefined
  notices: string[]
}

/** Maps LiteLLM's parameter names to Converse's. Converse's own names are also accepted. */
const inferenceNames: Readonly<Record<string, string>> = {
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  maxTokens: 'maxTokens',
  temperature: 'temperature',
  top_p: 'topP',
  topP: 'topP',
  stopSequences: 'stopSequences',
}

const converseFields = [
  'guardrailConfig',
  'performanceConfig',
  'serviceTier',
  'requestMetadata',
  'outputConfig',
  'promptVariables',
  'additionalModelResponseFieldPaths',
]

/**
 * The response field with the count of thinking tokens, which Converse's usage does not contain.
 */
const thinkingUsagePath = '/usage/output_tokens_details'

/** Assigns the parameters to the fields of a Converse request. Pure. */
export function converseParams(body: Readonly<JsonObject>, model: string): ConverseParams {
  const {
    stop,
    top_k: topK,
    service_tier: tier,
    tool_choice: toolChoice,
    parallel_tool_calls: parallel,
    response_format: format,
    reasoning_effort: effort,
    additionalModelRequestFields: given,
    // A Converse stream always reports its usage. LiteLLM's metadata is only for LiteLLM.
    stream_options: _options,
    metadata: _metadata,
    ...rest
  } = body
  const inference: JsonObject = {}
  const fields: JsonObject = {}
  const additional: JsonObject = {}
  const notices: string[] = []
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === null) continue
    const inferenceName = Object.hasOwn(inferenceNames, name) ? inferenceNames[name] : undefined
    if (inferenceName) inference[inferenceName] = value
    else if (converseFields.includes(name)) fields[name] = value
    else additional[name] = value
  }
  if (Array.isArray(stop)) inference.stopSequences = stop
  else if (stop) inference.stopSequences = [stop]
  if (typeof tier === 'string') fields.serviceTier = { type: tier === 'auto' ? 'default' : tier }
  if (topK !== undefined && topK !== null)
    Object.assign(
      additional,
      model.includes('amazon.nova') ? { inferenceConfig: { topK } } : { top_k: topK },
    )
  if (typeof effort === 'string' && additional.thinking === undefined) {
    const setting = reasoning(effort, model)
    if (setting) Object.assign(additional, setting)
    else notices.push(`reasoning_effort was not sent: ${model} has no such setting on Bedrock.`)
  }
  if (parallel === false && !oneToolAtATime(additional, model))
    notices.push(`parallel_tool_calls was not sent: ${model} has no such setting on Bedrock.`)
  if (isJsonObject(format) && format.type !== 'text' && !outputFormat(fields, format))
    notices.push('response_format was not sent: Bedrock takes json_schema only.')
  if (isJsonObject(given)) Object.assign(additional, given)
  if (additional.thinking !== undefined)
    fields.additionalModelResponseFieldPaths ??= [thinkingUsagePath]
  return {
    fields: { inferenceConfig: inference, ...fields } as Partial<ConverseCommandInput>,
    additional,
    toolChoice,
    notices,
  }
}

/**
 * Returns the reasoning setting in the form of the model's family; `undefined` if the family has
 * none. Bedrock refuses fields that a model does not support. `../thinking.ts` contains the setting
 * of Claude.
 */
function reasoning(effort: string, model: string): JsonObject | undefined {
  if (model.includes('nova-2'))
    return { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }
  if (/openai\.gpt-\d/.test(model)) return { reasoning: { effort } }
  return /openai\.|deepseek\./.test(model) ? { reasoning_effort: effort } : undefined
}

/**
 * Disables parallel tool calls with Anthropic's own setting. Claude supports the setting from its
 * fourth generation on.
 */
function oneToolAtATime(additional: JsonObject, model: string): boolean {
  if (!model.includes('anthropic.') || model.includes('claude-3')) return false
  additional.tool_choice = { type: 'auto', disable_parallel_tool_use: true }
  return true
}

function outputFormat(fields: JsonObject, { type, json_schema: told }: JsonObject): boolean {
  if (type !== 'json_schema' || !isJsonObject(told) || !isJsonObject(told.schema)) return false
  const { name, description, schema } = told
  const jsonSchema = {
    schema: JSON.stringify(schema),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  }
  fields.outputConfig ??= { textFormat: { type: 'json_schema', structure: { jsonSchema } } }
  return true
}

/** Returns whether Claude thinks. Claude does not accept a forced tool call while it thinks. */
export function isThinking({ thinking, reasoning_config: reasoning }: JsonObject): boolean {
  const config = thinking ?? reasoning
  return isJsonObject(config) && (config.type === 'enabled' || config.type === 'adaptive')
}
