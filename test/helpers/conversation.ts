import type { ToolResultBlock } from '../../src/agent/messages/content.js'
import type { ModelRequest } from '../../src/agent/model.js'
import type { JsonObject } from '../../src/util/json.js'

/** A scripted step that calls one tool. */
export function callOf(name: string, input: JsonObject) {
  return { calls: [{ name, input }] }
}

/** The tool results that a request's conversation holds, in order. */
export function toolResults(request: ModelRequest | undefined): ToolResultBlock['toolResult'][] {
  const blocks = request?.messages.flatMap(({ content }) => content) ?? []
  return blocks.flatMap((block) => ('toolResult' in block ? block.toolResult : []))
}
