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
import { forwardToParent, parentRun, pauseAll } from './run/run-context.js'
import { RunSignal } from './run/run-signal.js'
import { defaultMaxAttempts, defaultOutputPrompt, OutputPlan } from './run/structured-output.js'
import { Turns } from './run/turns.js'
import type { RunEnd, Span } from './span.js'
import type { Approve } from './tools/approval.js'
import type { ParentRun, Tool } from './tools/tool.js'
import type { OutputSchema } from './validator.js'

export interface CoreAgentConfig {
  model: Model
  /** What it is called where agents run one another. */
  name?: string
  /** Tools; a cache point among them marks the whole list. */
  tools?: readonly (Tool | CachePointBlock)[]
  systemPrompt?: SystemPrompt
  /** A conversation to go on from, known to be sound in form. */
  messages?: readonly Message[]
  /** Caps on every run; those that a run gives stand in their place. */
  limits?: Limits
  /** What the program does before and after model and tool calls. */
  hooks?: Hooks | readonly Hooks[]
  /** Globs of tools whose calls a person must allow; who is asked is told to the run. */
  approval?: readonly string[]
  /** Keeps the conversation short enough. Default: it is shortened only where it overflows. */
  conversationManager?: ConversationManager | ConversationConfig
  /** What is known of earlier calls in this conversation, to tell why a cache was missed. */
  cacheMemory?: CacheMemory
}

export interface CoreRunOptions {
  limits?: Limits
  signal?: AbortSignal
  /** Is told what happens, as it happens. */
  onEvent?: Emit<AgentEvent> | undefined
  /** What the caller should know from before the run; they stand in its metrics. */
  notices?: readonly string[]
  /** Overrides the model's own choice between a stream and one JSON reply. */
  stream?: boolean
  /** The run whose tool makes this one: they share limits, clock and spending. */
  parent?: ParentRun
  /** Work that this run is part of, where somebody watches. Default: the tool call of the run above. */
  span?: Span
  /** Asks a person about the calls that `approval` names. Default: whom the run above asks. */
  approve?: Approve
  /** How many agents may work below one another under this run. Default: 5. */
  maxDepth?: number
  output?: {
    schema: OutputSchema
    /** Ask for nothing but the object, with no other tools; a run that ends without it fails. */
    force?: boolean
    maxAttempts?: number
    /** What the model is told where it answered in text instead. */
    prompt?: string
  }
}

/**
 * A model, its tools and its conversation. Runs on one agent take turns; each goes on from the
 * messages the last one left.
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

  /** The same agent with a conversation of its own, as it was at first. */
  fork(name: string): CoreAgent {
    const { cacheMemory, ...config } = this.config
    return new CoreAgent({ ...config, name })
  }

  /** Runs to the end. Fails with an AgentError that carries `usage` and `metrics`. */
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

  /** Without a turn the signal has aborted: then the run ends before its first call. */
  private async turn({ added, limits, run, options, hasTurn }: Turn): Promise<AgentResult> {
    const recorder = new MetricsRecorder(this.lifetimeUsage)
    const { name = '' } = this.config
    const { onEvent = () => {}, parent, maxDepth } = options
    const budget = new Budget(limits, parent?.budget)
    const approve = options.approve ?? parent?.approve
    const place = { name, parent, maxDepth, budget, run, recorder, approve }
    const above = options.span ?? parent?.span
    const span = above?.startRun({ name, modelId: this.model.modelId })
    let ended: Pick<RunEnd, 'stopReason' | 'error'> = { error: 'cancelled' }
    parent?.addChild(name, () => recorder.spending())
    for (const notice of options.notices ?? []) recorder.addNotice(notice)
    const before = this.messages
    const messages = [...repairHistory(before), ...added]
    const plan = outputPlan(options, this.tools)
    const emit = parent ? forwardToParent(onEvent, name, parent) : onEvent
    const keep = (kept: Message[]) => {
      // Until its turn the conversation is that of the run at work.
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
        budget,
        hooks: hookRunner(this.hooksWith(approve), run, parent),
        conversation: this.conversation,
        run,
        runFor: (emit, span) => parentRun(place, emit, span),
        span,
        recorder,
        emit,
        stream: options.stream,
        toolsCachePoint: this.toolsCachePoint,
        cacheMemory: this.cacheMemory,
      })
      if (options.output?.force && !plan?.done) throw withoutObject(end)
      // An extraction asks about the conversation and leaves it as it was.
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
      // A prompt that was never answered does not stay behind to be asked twice.
      const unanswered = !recorder.answered && run.signal.reason !== consumerLeft
      if (options.output?.force || unanswered) keep(before)
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

  /** Where it fails, the conversation stays as long as it is, and the run's metrics say so. */
  private shorten(messages: Message[], recorder: MetricsRecorder): string | undefined {
    if (this.messages !== messages) return undefined
    try {
      const shorter: unknown = this.conversation.apply?.(messages) ?? messages
      if (!Array.isArray(shorter)) throw new Error('apply gave no list of messages')
      this.messages = shorter
      return undefined
    } catch (thrown) {
      const fault = `The conversation was not shortened, because the conversation manager failed: ${asAgentError(thrown).message}`
      recorder.addNotice(fault)
      return fault
    }
  }

  /** People are asked last, about the call as the program's own hooks left it. */
  private hooksWith(approve: Approve | undefined): readonly Hooks[] {
    const { approval = [] } = this.config
    return approval.length > 0 ? [...this.hooks, approvalHook(approval, approve)] : this.hooks
  }
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
      `An agent's tools have ${others.length + 1} cache points.`,
      'Leave one: it marks the whole list, wherever it stands.',
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

/** A run for an object that was stopped before it had one has failed, whatever else was said. */
function withoutObject({ limit, text }: LoopEnd): AgentError {
  return new AgentError({
    code: limit ? 'limitReached' : 'cancelled',
    message: limit
      ? `The run reached ${limit.name} (${limit.max}) before there was a valid object.`
      : 'The run was cancelled before there was a valid object.',
    hint: limit ? `Raise limits.${limit.name}, or ask for less.` : 'Call again to start anew.',
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
