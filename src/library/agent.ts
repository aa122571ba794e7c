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

export type AgentConfig = Omit<CoreAgentConfig, 'cacheMemory'>

/** A tool, or a cache point after those before it. */
type ToolEntry = NonNullable<AgentConfig['tools']>[number]

export interface StructuredOutputOptions {
  /** Caps on this run, instead of the agent's own. */
  limits?: Limits | undefined
  /** Ends the run, and its model call, when it aborts. */
  signal?: AbortSignal | undefined
  /** How many objects the model may offer until one is valid. Default: 3. */
  maxAttempts?: number | undefined
}

export interface InvokeOptions<Output = unknown> extends StructuredOutputOptions {
  /** Asks a person about the tool calls that the agent's `approval` names. */
  approve?: Approve | undefined
  /** The run must end in an object that validates: `result.output`. */
  outputSchema?: Schema<Output> | undefined
  /** What the model is told where it answered in text instead of the object. */
  outputPrompt?: string | undefined
}

export interface AsToolConfig {
  /** Letters, digits, `_` and `-`, at most 64. Default: the agent's own name. */
  name?: string | undefined
  /** What the agent does and when to ask it, for the model. */
  description: string
}

/** A result whose object is there. */
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
 * A model, its tools and its conversation, which goes on from call to call. Calls on one agent take
 * turns.
 */
export class Agent {
  private readonly core: CoreAgent
  private readonly tools: readonly ToolEntry[]

  /** Fails with a `configuration` AgentError on an unknown key, a missing model or an unusable tool. */
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
   * Runs to the end. A cancel or a limit ends in a result, a failure in an AgentError; either says
   * what was spent.
   */
  async invoke<Output = unknown>(
    prompt: Prompt,
    options: InvokeOptions<Output> = {},
  ): Promise<AgentResult<Output>> {
    checkOptions(options, invokeKeys, 'The options of invoke and stream')
    return this.run(prompt, options, {})
  }

  /** The run as it happens. Leaving the loop early ends the run and its model call. */
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
   * Asks for one object and nothing else. The conversation is context and stays as it was. Fails
   * with an AgentError where there is no valid object, also after a cancel or at a limit.
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
   * This agent as a tool of another one. Each call is a conversation of its own, from the messages
   * this agent was made with; it shares limits and spending with the run that makes it.
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

/** What a tool's schema is worth shows when it is compiled, which is before the first call. */
async function ready(tool: ToolEntry): Promise<void> {
  if ('ready' in tool) await (tool as LibraryTool).ready()
}

function checkConfig(config: AgentConfig): void {
  checkKeys(config, configKeys, 'Agent')
  if (config.limits) checkKeys(config.limits, limitNames, 'limits')
  if (typeof config.model?.stream !== 'function')
    throw configurationError(
      'The agent has no model.',
      "Give model: new LiteLLMModel({ modelId: '…' }).",
    )
  for (const hooks of [config.hooks ?? []].flat()) checkHooks(hooks)
  const names = new Set<string>()
  for (const tool of config.tools ?? []) {
    if (isCachePoint(tool)) continue
    const name = toolName(tool)
    if (names.has(name))
      throw configurationError(`Two tools are named ${name}.`, 'Give each tool a name of its own.')
    names.add(name)
  }
}

function checkHooks(hooks: Hooks): void {
  checkKeys(hooks, hookNames, 'hooks')
  for (const name of hookNames)
    if (hooks[name] !== undefined && typeof hooks[name] !== 'function')
      throw configurationError(
        `hooks.${name} is no function.`,
        `Give ${name}: async (event) => … .`,
      )
}

function isCachePoint(tool: ToolEntry): tool is CachePointBlock {
  return typeof tool === 'object' && tool !== null && 'cachePoint' in tool
}

/** A cache point may stand among the tools, to mark their list. */
function isTool(item: Tool | CachePointBlock): item is Tool {
  return !('cachePoint' in item)
}

function toolName(tool: Tool): string {
  if (typeof tool?.spec?.name === 'string' && typeof tool.run === 'function') return tool.spec.name
  throw configurationError(
    'What stands in tools is no tool.',
    'Make one with tool({ name, description, inputSchema, handler }).',
  )
}

function checkOptions(options: InvokeOptions, known: readonly string[], where: string): void {
  checkKeys(options, known, where)
  if (options.limits) checkKeys(options.limits, limitNames, 'limits')
  const { maxAttempts } = options
  if (maxAttempts !== undefined && !(Number.isSafeInteger(maxAttempts) && maxAttempts > 0))
    throw invalidRequest(
      `maxAttempts must be a positive whole number, not ${JSON.stringify(maxAttempts)}.`,
      'Leave maxAttempts out for 3 attempts.',
    )
}
