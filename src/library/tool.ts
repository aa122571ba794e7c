import { checkKeys } from '../agent/check-keys.js'
import { asAgentError, configurationError } from '../agent/errors.js'
import {
  type Tool,
  type ToolContext,
  type ToolOutput,
  toolNamePattern,
} from '../agent/tools/tool.js'
import { describeSchema, type Schema } from '../schema/compile.js'
import type { JsonObject } from '../util/json.js'

export interface ToolConfig<Input = JsonObject> {
  /** Letters, digits, `_` and `-`, at most 64. */
  name: string
  /** What it does and when to use it, for the model. */
  description: string
  /** A zod schema or a JSON Schema of an object. Default: no arguments. */
  inputSchema?: Schema<Input>
  /**
   * Runs the tool with the validated arguments. Returns text, JSON or content blocks. Errors it
   * throws are sent to the model; the message of a `ToolFailure` is sent unchanged.
   */
  handler: (input: Input, context: ToolContext) => ToolOutput | Promise<ToolOutput>
}

/** A tool created by `tool`. `ready` throws if its JSON Schema is invalid. */
export interface LibraryTool extends Tool {
  readonly ready: () => Promise<void>
}

const keys = ['name', 'description', 'inputSchema', 'handler']

/** Creates a tool that an agent can call. Throws a `configuration` error if the config is invalid. */
export function tool<Input = JsonObject>(config: ToolConfig<Input>): LibraryTool {
  checkKeys(config, keys, 'tool()')
  const { name, description, inputSchema = { type: 'object', properties: {} }, handler } = config
  checkToolNaming(name, description)
  if (typeof handler !== 'function')
    throw configurationError(
      `The tool ${name} has no handler.`,
      'Set handler to async (input, context) => { … }.',
    )
  const schema = withConfigurationErrors(() => describeSchema(inputSchema, { name }))
  return {
    spec: { name, description, inputSchema: schema.jsonSchema },
    validate: schema.validate,
    // The core passes on the parsed value that `validate` returned.
    run: async (input, context) => handler(input as Input, context),
    ready: () => schema.ready().catch((error) => Promise.reject(asConfigurationError(error))),
  }
}

/** Throws a `configuration` error if no provider would accept the name or description. */
export function checkToolNaming(
  name: string | undefined,
  description: string,
): asserts name is string {
  if (typeof name !== 'string' || !toolNamePattern.test(name))
    throw configurationError(
      `${JSON.stringify(name)} is not a valid tool name.`,
      'Use at most 64 letters, digits, "_" and "-".',
    )
  if (typeof description !== 'string' || description.trim() === '')
    throw configurationError(
      `The tool ${name} has no description.`,
      'Describe in one sentence what the tool does. The model chooses tools by it.',
    )
}

function withConfigurationErrors<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw asConfigurationError(error)
  }
}

/** Converts a schema error, because a tool's schema is configuration, not a caller's request. */
function asConfigurationError(thrown: unknown): Error {
  const error = asAgentError(thrown)
  return configurationError(error.message, error.hint)
}
