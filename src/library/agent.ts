import { CoreAgent, type CoreAgentConfig } from '../agent/agent.js'
import { checkKeys } from '../agent/check-keys.js'
import { configurationError, invalidRequest } from '../agent/errors.js'
import type { AgentEvent, Emit } from '../agent/events.js'
import { type Hooks, hookNames } from '../agent/hooks/hooks.js'
import { type Limits, limitNames } from '../agent/limits.js'
import type { CachePointBlock, Message } from '../agent/messages/content.js'
import { checkMessages, type Prompt } from '../agent/messages/prompt.js'
import type { Model } from '../agent/model.js'
import type { AgentResult } from '../agent/result.js'
import { eventStream } from '../agent/run/event-stream.js'
import { agentTool } from '../agent/tools/agent-as-tool.js'
import type { Approve } from '../agent/tools/approval.js'
import type { Tool } from '../agent/tools/tool.js'
import { compileSchema, type Schema } from '../schema/compile.js'
import { checkToolNaming, type LibraryTool } from './tool.js'

export type AgentConfig = Omit<CoreAgentConfig, 'cacheMemory' | 'cacheKey'>

/** A tool, or a cache point that marks the tool list. */
type ToolEntry = NonNullable<AgentConfig['tools']>[number]

export interface StructuredOutputOptions {
  /** Limits of this run. They override the agent's own by name. */
  limits?: Limits | undefined
  /** Ends the run and its model call when it aborts. */
  signal?: AbortSignal | undefined
  /** How many objects the model may give until one is valid. Default: 3. */
  maxAttempts?: number | undefined
}

export interface InvokeOptions<Output = unknown> extends StructuredOutputOptions {
  /** Asks a person about the tool calls that the agent's `approval` names. */
  approve?: Approve | undefined
  /** The schema of an object that the run must end with, as `result.output`. */
  outputSchema?: Schema<Output> | undefined
  /** The message sent to the model if it answers in text instead of the object. */
  outputPrompt?: string | undefined
}

export interface AsToolConfig {
  /** Letters, digits, `_` and `-`, at most 64. Default: the agent's own name. */
  name?: string | undefined
  /** What the agent does and when to call it, for the model. */
  description: string
}

/** A result that has the object. */
export type StructuredResult<Output> = AgentResult<Output> & { readonly output: Output }

const configKeys: (keyof AgentConfig)[] = [
  'name',
  'model',
  'tools',
  'systemPrompt',
  'messages',
  'limits',
  'hooks',
  'approval',
  'conversationManager',
]
const structuredOutputKeys: (keyof InvokeOptions)[] = ['limits', 'signal', 'maxAttempts']
const invokeKeys: (keyof InvokeOptions)[] = [
  'approve',
  ...structuredOutputKeys,
  'outputSchema',
  'outputPrompt',
]

/**
 * A model with its tools and its conversation, which continues from call to call. Calls on one agent
 * run one at a time.
 */
export class Agent {
  private readonly core: CoreAgent
  private readonly tools: readonly ToolEntry[]

  /** Throws a `configuration` AgentError if a key is unknown, the model is missing or a tool is invalid. */
  constructor(private readonly config: AgentConfig) {
    checkConfig(config)
    const messages = checkMessages(config.messages ?? [], 'messages')
    this.core = new CoreAgent({ ...config, messages })
    this.tools = (config.tools ?? []).filter(isTool)
  }

  get model(): Model {
    return this.core.model
  }

  /** The conversation so far. */
  get messages(): readonly Message[] {
    return this.core.messages
  }

  /**
   * Runs to the end. Cancellation or a limit ends in a result, and a failure throws an AgentError.
   * Both carry `usage` and `metrics`.
   */
  async invoke<Output = unknown>(
    prompt: Prompt,
    options: InvokeOptions<Output> = {},
  ): Promise<AgentResult<Output>> {
    checkOptions(options, invokeKeys, 'The options of invoke and stream')
    return this.run(prompt, options, {})
  }

  /** Runs and yields events. Leaving the loop early ends the run and its model call. */
  stream<Output = unknown>(
    prompt: Prompt,
    options: InvokeOptions<Output> = {},
  ): AsyncGenerator<AgentEvent, AgentResult<Output>> {
    checkOptions(options, invokeKeys, 'The options of invoke and stream')
    return eventStream(options.signal, (onEvent, signal) =>
      this.run(prompt, { ...options, signal }, { onEvent }),
    )
  }

  /**
   * Requests one object, with the conversation as context, and does not change the conversation.
   * Throws an AgentError if there is no valid object, including after cancellation or at a limit.
   */
  async structuredOutput<Output = unknown>(
    schema: Schema<Output>,
    prompt: Prompt,
    options: StructuredOutputOptions = {},
  ): Promise<StructuredResult<Output>> {
    checkOptions(options, structuredOutputKeys, 'The options of structuredOutput')
    const result = await this.run(prompt, { ...options, outputSchema: schema }, { force: true })
    return result as StructuredResult<Output>
  }

  /**
   * Makes this agent a tool of another agent. Each call is a new conversation that starts with the
   * messages this agent was created with. It shares limits and spending with the calling run.
   */
  asTool({ name = this.name, description }: AsToolConfig): Tool {
    checkToolNaming(name, description)
    const { core, tools } = this
    return agentTool({
      name,
      description,
      agent: this.name ?? name,
      run: async (prompt, options) => {
        await Promise.all(tools.map(ready))
        return core.fork(this.name ?? name).run(prompt, options)
      },
    })
  }

  private get name(): string | undefined {
    return this.config.name
  }

  private async run<Output>(
    prompt: Prompt,
    options: InvokeOptions<Output>,
    { force = false, onEvent }: { force?: boolean; onEvent?: Emit<AgentEvent> },
  ): Promise<AgentResult<Output>> {
    await Promise.all(this.tools.map(ready))
    const { approve, limits, signal, maxAttempts, outputSchema, outputPrompt } = options
    const output = outputSchema && {
      schema: await compileSchema(outputSchema),
      force,
      ...(maxAttempts && { maxAttempts }),
      ...(outputPrompt && { prompt: outputPrompt }),
    }
    const run = {
      onEvent,
      ...(approve && { approve }),
      ...(limits && { limits }),
      ...(signal && { signal }),
      ...(output && { output }),
    }
    return (await this.core.run(prompt, run)) as AgentResult<Output>
  }
}

/** Compiles a tool's schema, so that an invalid one fails before the first model call. */
async function ready(tool: ToolEntry): Promise<void> {
  if ('ready' in tool) await (tool as LibraryTool).ready()
}

function checkConfig(config: AgentConfig): void {
  checkKeys(config, configKeys, 'Agent')
  if (config.limits) checkKeys(config.limits, limitNames, 'limits')
  if (typeof config.model?.stream !== 'function')
    throw configurationError(
      'The agent has no model.',
      "Set model to new LiteLLMModel({ modelId: '…' }).",
    )
  for (const hooks of [config.hooks ?? []].flat()) checkHooks(hooks)
  const names = new Set<string>()
  for (const tool of config.tools ?? []) {
    if (isCachePoint(tool)) continue
    const name = toolName(tool)
    if (names.has(name))
      throw configurationError(`Two tools are named ${name}.`, 'Give each tool a unique name.')
    names.add(name)
  }
}

function checkHooks(hooks: Hooks): void {
  checkKeys(hooks, hookNames, 'hooks')
  for (const name of hookNames)
    if (hooks[name] !== undefined && typeof hooks[name] !== 'function')
      throw configurationError(
        `hooks.${name} must be a function.`,
        `Set it to async (event) => { … }.`,
      )
}

function isCachePoint(tool: ToolEntry): tool is CachePointBlock {
  return typeof tool === 'object' && tool !== null && 'cachePoint' in tool
}

function isTool(item: Tool | CachePointBlock): item is Tool {
  return !('cachePoint' in item)
}

function toolName(tool: Tool): string {
  if (typeof tool?.spec?.name === 'string' && typeof tool.run === 'function') return tool.spec.name
  throw configurationError(
    'tools contains a value that is not a tool.',
    'Create tools with tool({ name, description, inputSchema, handler }).',
  )
}

function checkOptions(options: InvokeOptions, known: readonly string[], where: string): void {
  checkKeys(options, known, where)
  if (options.limits) checkKeys(options.limits, limitNames, 'limits')
  const { maxAttempts } = options
  if (maxAttempts !== undefined && !(Number.isSafeInteger(maxAttempts) && maxAttempts > 0))
    throw invalidRequest(
      `maxAttempts must be a positive whole number, not ${JSON.stringify(maxAttempts)}.`,
      'Set maxAttempts to a positive whole number, or omit it to use 3.',
    )
}
