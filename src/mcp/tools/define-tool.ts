import type { Tool as McpTool, ToolAnnotations } from '@modelcontextprotocol/server'
import type * as z from 'zod'
import type { JsonObject } from '../../util/json.js'
import type { ServerTool, ToolAnswer, ToolCall } from '../tool-call.js'
import { inputSchema, type SchemaName } from './input-schema.js'
import { parseArguments } from './parse-arguments.js'

export interface ToolDefinition<Arguments extends z.ZodObject> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly arguments: Arguments
  /** The published schema of the arguments. */
  readonly schema: SchemaName
  /** Properties of the published schema that depend on the configuration. */
  readonly properties?: JsonObject
  readonly outputSchema: NonNullable<McpTool['outputSchema']>
  readonly annotations: ToolAnnotations
  readonly _meta?: JsonObject
  run(args: z.output<Arguments>, call: ToolCall): Promise<ToolAnswer>
}

/** Returns a tool that checks its arguments and shows in tools/list what they are. */
export function defineTool<Arguments extends z.ZodObject>(
  definition: ToolDefinition<Arguments>,
): ServerTool {
  const { arguments: schema, properties, run, schema: schemaName, ...shown } = definition
  const { name } = definition
  return {
    name,
    describe: () => ({ ...shown, inputSchema: inputSchema(schemaName, properties) }),
    prepare: () => void schema.safeParse({ prompt: '' }),
    call: async (call) => run(parseArguments(name, schema, schemaName, call.args), call),
  }
}
