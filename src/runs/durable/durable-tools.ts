import type { ToolUseBlock } from '../../agent/messages/content.js'
import type { ChildSpending } from '../../agent/metrics/types.js'
import type { Approve } from '../../agent/tools/approval.js'
import {
  type ParentRun,
  type Tool,
  type ToolContext,
  ToolFailure,
  type ToolOutput,
} from '../../agent/tools/tool.js'
import type { JsonObject } from '../../util/json.js'
import { DurableModel } from './durable-model.js'
import type { StepLog } from './step-log.js'

type ToolUse = ToolUseBlock['toolUse']

/**
 * Holds the record of one tool call. `skipped` means that the model requested it, but the tool was
 * not run.
 */
type ToolRecord = ToolEnd & {
  /** The spending of child agents in the call. */
  children?: { agent: string; spending: ChildSpending }[]
}

type ToolEnd = { output: ToolOutput } | { failure: string; told: boolean } | { skipped: true }

interface Call {
  readonly tool: Tool
  readonly input: JsonObject
  readonly context: ToolContext
}

interface OpenStep {
  readonly toolUseId: string
  /** The call's path in the run. */
  readonly path: string
  /** Starts the work, or skips it if no call is given. */
  readonly go: (call?: Call) => void
  readonly record: Promise<ToolRecord>
  /** Returns whether the work was done in this process, and not replayed. */
  readonly live: () => boolean
}

/** Identifies the place of an agent: the run, or a tool call in it. */
export interface AgentPlace {
  /** The prefix of the idempotency keys of its tool calls. */
  readonly name: string
  /** The place as numbers, which do not depend on a provider's ids. Empty for the run's own agent. */
  readonly path: string
}

/**
 * Runs tools whose calls are recorded steps. Steps are identified by their order, but parallel
 * tools run in any order. The steps of a cycle are therefore opened in the order of the model's
 * requests, and wait for their tool to be run.
 */
export class DurableTools {
  readonly tools: readonly Tool[]
  private readonly names: ReadonlySet<string>
  private open: OpenStep[] = []
  /** The calls of the cycle for which no approval was requested yet. */
  private unasked: Pick<OpenStep, 'toolUseId' | 'path'>[] = []
  private cycle = 0

  /** `askPerson` requests approval for calls whose ids are unique in the run. */
  constructor(
    tools: readonly Tool[],
    private readonly place: AgentPlace,
    private readonly stepLog: StepLog,
    private readonly askPerson: Approve,
  ) {
    this.names = new Set(tools.map(({ spec }) => spec.name))
    this.tools = tools.map((tool) => ({
      ...tool,
      run: (input, context) => this.run({ tool, input, context }),
    }))
  }

  openCycle(uses: readonly ToolUse[], signal: AbortSignal): void {
    this.cycle++
    const calls = uses.map(({ toolUseId, name }, index) => ({
      toolUseId,
      name,
      path: `${this.place.path}${this.cycle}.${index + 1}`,
    }))
    this.unasked = calls
    this.open = calls
      .filter(({ name }) => this.names.has(name))
      .map(({ name, ...call }) => ({ ...call, ...this.openStep(name, signal) }))
  }

  /**
   * Requests approval for a call, identified by its path in the run. A provider can reuse an id in
   * another reply or in a child agent, and a decision about one call must not apply to another. The path
   * is the same on every node.
   */
  readonly approve: Approve = (request, signal) => {
    const { toolUseId } = request
    const index = this.unasked.findIndex((call) => call.toolUseId === toolUseId)
    const [call] = index === -1 ? [] : this.unasked.splice(index, 1)
    if (!call) throw new Error(`The call ${toolUseId} is not waiting for approval.`)
    const unique = `${call.path}:${shortId(toolUseId)}`
    return this.askPerson({ ...request, toolUseId: unique }, signal)
  }

  /** Skips the steps that were not started. */
  async closeCycle(): Promise<void> {
    const left = this.open
    this.open = []
    for (const step of left) step.go()
    await Promise.allSettled(left.map(({ record }) => record))
  }

  private openStep(name: string, signal: AbortSignal): Omit<OpenStep, 'toolUseId' | 'path'> {
    let go: OpenStep['go'] = () => {}
    const started = new Promise<Call | undefined>((resolve) => {
      go = resolve
    })
    let live = false
    const record = this.stepLog.step(`tool ${name}`, signal, async (): Promise<ToolRecord> => {
      live = true
      const call = await started
      return call ? recordRun(call) : { skipped: true }
    })
    record.catch(() => {})
    return { go, record, live: () => live }
  }

  private async run(call: Call): Promise<ToolOutput> {
    const { toolUseId } = call.context
    const index = this.open.findIndex((step) => step.toolUseId === toolUseId)
    const [step] = index === -1 ? [] : this.open.splice(index, 1)
    if (!step) throw new Error(`The call ${toolUseId} has no open step.`)
    // The key is the same on every node and attempt, so that a tool can detect a repeated call.
    const idempotencyKey = `${this.place.name}:${this.cycle}:${toolUseId}`
    const run =
      call.context.run &&
      this.durableBelow(call.context.run, { name: idempotencyKey, path: step.path })
    step.go({ ...call, context: { ...call.context, idempotencyKey, ...(run && { run }) } })
    const record = await step.record
    if (!step.live())
      for (const { agent, spending } of record.children ?? [])
        call.context.run?.report(agent, spending)
    if ('output' in record) return record.output
    if ('skipped' in record) throw new Error('The tool was not run.')
    throw record.told ? new ToolFailure(record.failure) : new Error(record.failure)
  }

  /** Returns the run as a tool sees it, with recorded steps for child agents. */
  private durableBelow(run: ParentRun, call: AgentPlace): ParentRun {
    let agents = 0
    return {
      ...run,
      recorded: ({ model, tools }) => {
        const nth = `#${++agents}`
        const name = `${call.name}${nth}`
        const path = `${call.path}${nth}/`
        const stepLog = this.stepLog.below(path)
        const place = { name, path }
        const durable = new DurableTools(tools, place, stepLog, this.askPerson)
        return {
          model: new DurableModel(model, durable, stepLog),
          tools: durable.tools,
          approve: durable.approve,
        }
      },
    }
  }
}

/** Ids up to this length are shown as they are. */
const maxIdLength = 128

/**
 * Returns an id that an index of PostgreSQL can hold: providers' ids can have thousands of characters,
 * such as those with a thought signature of Gemini, or a NUL.
 */
function shortId(toolUseId: string): string {
  if (toolUseId.length <= maxIdLength && !/[\0\p{Surrogate}]/u.test(toolUseId)) return toolUseId
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(JSON.stringify(toolUseId)).digest('base64url')
}

async function recordRun({ tool, input, context }: Call): Promise<ToolRecord> {
  const below: { agent: string; spending: () => ChildSpending }[] = []
  const run = context.run && countingChildren(context.run, below)
  const end = await endOf(tool, input, { ...context, ...(run && { run }) })
  if (below.length === 0) return end
  return { ...end, children: below.map(({ agent, spending }) => ({ agent, spending: spending() })) }
}

async function endOf(tool: Tool, input: JsonObject, context: ToolContext): Promise<ToolEnd> {
  try {
    return { output: await tool.run(input, context) }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { failure, told: error instanceof ToolFailure }
  }
}

/** Returns the run as a tool sees it, and records the child runs that the tool reports. */
function countingChildren(
  run: ParentRun,
  below: { agent: string; spending: () => ChildSpending }[],
): ParentRun {
  return {
    ...run,
    addChild: (agent, spending) => {
      below.push({ agent, spending })
      run.addChild(agent, spending)
    },
    report: (agent, spending) => {
      below.push({ agent, spending: () => spending })
      run.report(agent, spending)
    },
  }
}
