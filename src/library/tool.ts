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
  /** A zod schema or a JSON Schema of an object; by default a tool takes no arguments. */
  inputSchema?: Schema<Input>
  /**
   * Does the work. Gets the validated arguments; returns text, JSON or content blocks. What it
   * throws is told to the model, a `ToolFailure`'s message word for word.
   */
  handler: (input: Input, context: ToolContext) => ToolOutput | Promise<ToolOutput>
}

/** A tool made by `tool`; `ready` fails where its JSON Schema is invalid. */
export interface LibraryTool extends Tool {
  readonly ready: () => Promise<void>
}

const keys = ['name', 'description', 'inputSchema', 'handler']

/** A function an agent can call. Fails with a `configuration` error on what no model could use. */
export function tool<Input = JsonObject>(config: ToolConfig<Input>): LibraryTool {
  checkKeys(config, keys, 'tool()')
  const { name, description, inputSchema = { type: 'object', properties: {} }, handler } = config
  checkToolNaming(name, description)
  if (typeof handler !== 'function')
    throw configurationError(
      `The tool ${name} has no handler.`,
      'Give handler: async (input, context) => … .',
    )
  const schema = withConfigurationErrors(() => describeSchema(inputSchema, { name }))
  return {
    spec: { name, description, inputSchema: schema.jsonSchema },
    validate: schema.validate,
    // The core hands on what `validate` gave back: the parsed value.
    run: async (input, context) => handler(input as Input, context),
    ready: () => schema.ready().catch((error) => Promise.reject(asConfigurationError(error))),
  }
}

/** Fails with a `configuration` error on what no provider takes. */
export function checkToolNaming(
  name: string | undefined,
  description: string,
): asserts name is string {
  if (typeof name !== 'string' || !toolNamePattern.test(name))
    throw configurationError(
      `${JSON.stringify(name)} cannot be a tool's name.`,
      'Use letters, digits, "_" and "-", at most 64.',
    )
  if (typeof description !== 'string' || description.trim() === '')
    throw configurationError(
      `The tool ${name} has no description.`,
      'Say in one sentence what the tool does: the model chooses by it.',
    )
}

function withConfigurationErrors<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw asConfigurationError(error)
  }
}

/** A tool's schema is the program's own, not a caller's request. */
function asConfigurationError(thrown: unknown): Error {
  const error = asAgentError(thrown)
  return configurationError(error.message, error.hint)
}
