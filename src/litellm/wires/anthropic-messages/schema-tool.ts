import type { Tool } from '@anthropic-ai/sdk/resources'
import type { ContentBlock } from '../../../agent/messages/content.js'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/json.js'
import type { Delta } from '../deltas.js'

/** LiteLLM's name of the tool whose arguments are the answer. */
const schemaToolName = 'json_tool_call'

/**
 * Returns the tool that takes the place of a `response_format`, for a Claude that takes no schema.
 * Returns `undefined` if no JSON is asked for.
 */
export function schemaTool(format: JsonValue | undefined): Tool | undefined {
  if (!isJsonObject(format)) return undefined
  const { type, json_schema: named, response_schema: plain } = format
  if (type === 'json_schema' && isJsonObject(named)) return toolWith(named.schema)
  return type === 'json_object' ? toolWith(plain) : undefined
}

function toolWith(schema: JsonValue | undefined): Tool {
  const anything: JsonObject = { type: 'object', properties: {}, additionalProperties: true }
  const input = isJsonObject(schema) ? schema : anything
  return { name: schemaToolName, input_schema: input as Tool['input_schema'] }
}

/** Returns an answer in which the arguments of the schema tool are the text. */
export function withoutSchemaTool(content: readonly ContentBlock[]): ContentBlock[] {
  return content.map((block) =>
    'toolUse' in block && block.toolUse.name === schemaToolName
      ? { text: block.toolUse.rawInput ?? JSON.stringify(block.toolUse.input) }
      : block,
  )
}

/** Leaves out the start of a call of the schema tool, which is no tool of the agent. */
export function* withoutSchemaCalls(deltas: Iterable<Delta>): Generator<Delta> {
  for (const delta of deltas)
    if (delta.type !== 'toolUseStart' || delta.name !== schemaToolName) yield delta
}
