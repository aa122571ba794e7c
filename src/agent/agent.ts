import { Budget } from './budget/budget.js'
import { checkLimits } from './budget/check-limits.js'
import { type ConversationConfig, conversationManager } from './conversation/config.js'
import type { ConversationManager } from './conversation/manager.js'
import { AgentError, asAgentError, configurationError } from './errors.js'
import type { AgentEvent, Emit } from './events.js'
import { approvalHook } from './hooks/approval-hook.js'
import { HookRunner } from './hooks/hook-runner.js'
import type { Hooks } from './hooks/hooks.js'
import { defaultLimits, type Limits } from './limits.js'
import type { CachePointBlock, Message } from './messages/content.js'
import { repairHistory } from './messages/history.js'
import { type Prompt, promptMessages, type SystemPrompt, systemBlocks } from './messages/prompt.js'
import { MetricsRecorder } from './metrics/recorder.js'
import { sumUsage, type Usage } from './metrics/usage.js'
import type { CacheMemory, Model } from './model.js'
import { AgentResult } from './result.js'
import { consumerLeft } from './run/event-stream.js'
import { type LoopEnd, runLoop } from './run/loop.js'
import { forwardToParent, pauseAll } from './run/run-context.js'
import { RunSignal } from './run/run-signal.js'
import { defaultMaxAttempts, defaultOutputPrompt, OutputPlan } from './run/structured-output.js'
import { Turns } from './run/turns.js'
import type { RunEnd, Span } from './span.js'
import type { Approve } from './tools/approval.js'
import type { ParentRun, Tool } from './tools/tool.js'
import type { OutputSchema } from './validator.js'

export interface CoreAgentConfig {
  model: Model
  /** The agent's name in nested runs. */
  name?: string
  /** Tools. A cache point among them marks the whole list. */
  tools?: readonly (Tool | CachePointBlock)[]
  systemPrompt?: SystemPrompt
  /** A conversation to continue. Its form must be valid. */
  messages?: readonly Message[]
  /** Limits of every run. Limits given to a run override them by name. */
  limits?: Limits
  /** Functions called before and after model and tool calls. */
  hooks?: Hooks | readonly Hooks[]
  /** Globs of tools whose calls a person must approve. The run's `approve` option asks the person. */
  approval?: readonly string[]
  /** Shortens the conversation. Default: only if it exceeds the context window. */
  conversationManager?: ConversationManager | ConversationConfig
  /** Digests from earlier calls in this conversation, used to explain cache misses. */
  cacheMemory?: CacheMemory
  /** Names the conversation, at most 64 characters. See `ModelRequest.cacheKey`. */
  cacheKey?: string
}

export interface CoreRunOptions {
  limits?: Limits
  signal?: AbortSignal
  /** Receives the run's events. */
  onEvent?: Emit<AgentEvent> | undefined
  /** Notices from before the run, added to its metrics. */
  notices?: readonly string[]
  /** Overrides the model's choice between a stream and one JSON response. */
  stream?: boolean
  /** The run whose tool starts this one. The two share limits, clock and spending. */
  parent?: ParentRun
  /** The span that this run is part of. Default: the tool call of the run above. */
  span?: Span
  /** Asks a person about the calls that `approval` names. Default: that of the run above. */
  approve?: Approve
  /** The maximum nesting depth of agents below this run. Default: 5. */
  maxDepth?: number
  output?: {
    schema: OutputSchema
    /** Requests only the object, without other tools. A run that ends without it fails. */
    force?: boolean
    maxAttempts?: number
    /** The message sent to the model if it answers in text instead. */
    prompt?: string
  }
}

/**
 * A model with its tools and its conversation. Runs of one agent execute one at a time, and each
 * continues the messages of the previous one.
 */
export class CoreAgent {
  readonly model: Model
  messages: Message[]
  private readonly tools: readonly Tool[]
  private readonly toolsCachePoint: CachePointBlock['cachePoint'] | undefined
  private readonly cacheMemory: CacheMemory
  private readonly system: ReturnType<typeof systemBlocks>
  private readonly limits: Limits
  private readonly hooks: readonly Hooks[]
  private readonly conversation: ConversationManager
  private lifetimeUsage: (Usage | null)[] = []
  private readonly turns = new Turns()

  constructor(private readonly config: CoreAgentConfig) {
    this.model = config.model
    const tools = config.tools ?? []
    this.tools = tools.filter((item): item is Tool => !('cachePoint' in item))
    this.toolsCachePoint = toolsCachePoint(tools)
    this.cacheMemory = config.cacheMemory ?? new Map()
    this.system = systemBlocks(config.systemPrompt)
    this.messages = [...(config.messages ?? [])]
    this.limits = { ...defaultLimits, ...config.limits }
    checkLimits(this.limits)
    this.conversation = conversationManager(config.conversationManager)
    const { hooks = [] } = config
    this.hooks = Array.isArray(hooks) ? hooks : [hooks]
  }

  /** Creates the same agent with its own conversation, as first configured. */
  fork(name: string): CoreAgent {
    const { cacheMemory, cacheKey, ...config } = this.config
    return new CoreAgent({ ...config, name })
  }

  /** Runs to the end. Throws an AgentError with `usage` and `metrics` if the run fails. */
  async run(prompt: Prompt, options: CoreRunOptions = {}): Promise<AgentResult> {
    const added = promptMessages(prompt)
    const limits = { ...this.limits, ...options.limits }
    checkLimits(limits)
    const run = new RunSignal(options.signal, limits.timeoutSeconds)
    const release = await this.turns.take(run.signal)
    try {
      return await this.turn({ added, limits, run, options, hasTurn: release !== undefined })
    } finally {
      run.release()
      release?.()
    }
  }

  /** If `hasTurn` is false, the signal aborted during the wait and the run ends before its first call. */
  private async turn({ added, limits, run, options, hasTurn }: Turn): Promise<AgentResult> {
    const recorder = new MetricsRecorder(this.lifetimeUsage)
    const { name = '' } = this.config
    const { onEvent = () => {}, parent, maxDepth } = options
    const budget = new Budget(limits, parent?.budget)
    const approve = options.approve ?? parent?.approve
    const context = { name, parent, maxDepth, budget, run, recorder, approve }
    const span = (options.span ?? parent?.span)?.startRun({ name, modelId: this.model.modelId })
    let ended: Pick<RunEnd, 'stopReason' | 'error'> = { error: 'cancelled' }
    parent?.addChild(name, () => recorder.spending())
    for (const notice of options.notices ?? []) recorder.addNotice(notice)
    const before = this.messages
    const messages = [...repairHistory(before), ...added]
    const plan = outputPlan(options, this.tools)
    const emit = parent ? forwardToParent(onEvent, name, parent) : onEvent
    const keep = (kept: Message[]) => {
      // Without a turn, the conversation still belongs to the active run.
      if (hasTurn) this.messages = kept
    }
    keep(messages)
    try {
      const end = await runLoop({
        model: this.model,
        system: this.system,
        messages,
        tools: options.output?.force ? [] : this.tools,
        output: plan,
        limits,
        ...context,
        hooks: hookRunner(this.hooksWith(approve), run, parent),
        conversation: this.conversation,
        span,
        emit,
        stream: options.stream,
        toolsCachePoint: this.toolsCachePoint,
        cacheMemory: this.cacheMemory,
        cacheKey: this.config.cacheKey,
      })
      if (options.output?.force && !plan?.done) throw noObjectError(end)
      // An extraction does not change the conversation.
      if (options.output?.force) keep(before)
      const fault = this.shorten(messages, recorder)
      if (fault) await emit({ type: 'notice', message: fault })
      const result = new AgentResult({
        text: end.text,
        stopReason: end.stopReason,
        usage: recorder.usage,
        metrics: recorder.snapshot(),
        message: end.message,
        ...(plan?.done && { output: plan.output }),
        ...(plan && { attempts: plan.attempts }),
        ...(end.limit && { limit: end.limit }),
      })
      ended = { stopReason: result.stopReason }
      await onEvent({ type: 'result', result })
      return result
    } catch (thrown) {
      const error = asAgentError(thrown)
      ended = { error: error.code }
      // An unanswered prompt is removed, so that a retry does not send it twice.
      const unanswered = !recorder.answered && run.signal.reason !== consumerLeft
      if (options.output?.force) keep(before)
      else if (unanswered) keep(withoutPrompt(messages, added) ?? before)
      this.shorten(messages, recorder)
      error.usage = recorder.usage
      error.metrics = recorder.snapshot()
      error.attempts = plan?.attempts
      throw error
    } finally {
      this.lifetimeUsage = [sumUsage([...this.lifetimeUsage, ...recorder.usages()])]
      span?.end({ ...recorder.spending(), ...ended })
    }
  }

  /** Applies the conversation manager. If it fails, the conversation is kept and a notice is added. */
  private shorten(messages: Message[], recorder: MetricsRecorder): string | undefined {
    if (this.messages !== messages) return undefined
    try {
      const shorter: unknown = this.conversation.apply?.(messages) ?? messages
      if (!Array.isArray(shorter)) throw new Error('apply must return an array of messages')
      this.messages = shorter
      return undefined
    } catch (thrown) {
      const fault = `The conversation was not shortened, because the conversation manager failed: ${asAgentError(thrown).message}`
      recorder.addNotice(fault)
      return fault
    }
  }

  /** Adds approval after the program's own hooks, so that a person sees the final input. */
  private hooksWith(approve: Approve | undefined): readonly Hooks[] {
    const { approval = [] } = this.config
    return approval.length > 0 ? [...this.hooks, approvalHook(approval, approve)] : this.hooks
  }
}

/** The conversation without an unanswered prompt, shortened if it overflowed. */
function withoutPrompt(messages: Message[], added: readonly Message[]): Message[] | undefined {
  return messages.at(-1) === added.at(-1) ? messages.slice(0, -added.length) : undefined
}

interface Turn {
  added: readonly Message[]
  limits: Limits
  run: RunSignal
  options: CoreRunOptions
  hasTurn: boolean
}

function toolsCachePoint(items: readonly object[]): CachePointBlock['cachePoint'] | undefined {
  const [point, ...others] = items.filter((item): item is CachePointBlock => 'cachePoint' in item)
  if (others.length > 0)
    throw configurationError(
      `An agent's tools have ${others.length + 1} cache points; at most one is allowed.`,
      'Keep one: it marks the whole list at any position.',
    )
  return point?.cachePoint
}

function hookRunner(
  hooks: readonly Hooks[],
  run: RunSignal,
  parent: ParentRun | undefined,
): HookRunner | undefined {
  return hooks.length > 0 ? new HookRunner(hooks, () => pauseAll(run, parent)) : undefined
}

/** The error of a run for an object that was stopped before it had one. */
function noObjectError({ limit, text }: LoopEnd): AgentError {
  return new AgentError({
    code: limit ? 'limitReached' : 'cancelled',
    message: limit
      ? `The run reached ${limit.name} (${limit.max}) before there was a valid object.`
      : 'The run was cancelled before there was a valid object.',
    hint: limit ? `Raise limits.${limit.name}, or request less.` : 'Call again to start over.',
    text,
  })
}

function outputPlan({ output }: CoreRunOptions, tools: readonly Tool[]): OutputPlan | undefined {
  if (!output) return undefined
  const { schema, force = false, maxAttempts, prompt } = output
  const taken = !force && tools.some(({ spec }) => spec.name === schema.name)
  return new OutputPlan(taken ? { ...schema, name: `${schema.name}_output` } : schema, {
    force,
    isOnlyTool: tools.length === 0,
    maxAttempts: maxAttempts ?? defaultMaxAttempts,
    prompt: prompt ?? defaultOutputPrompt,
  })
}
