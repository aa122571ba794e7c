import type { JsonObject, ToolUseBlock } from '../../agent/content.js'
import type { ChildSpending } from '../../agent/metrics.js'
import type { ParentRun } from '../../agent/run-tree.js'
import { type Tool, type ToolContext, ToolFailure, type ToolOutput } from '../../agent/tool.js'
import { DurableModel } from './durable-model.js'
import type { Journal } from './journal.js'

type ToolUse = ToolUseBlock['toolUse']

/** One tool call as it is recorded. `skipped`: it was asked for, but the tool was not run. */
type ToolRecord = ToolEnd & {
  /** What agents below have spent in it. */
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
  /** Starts the work, or (nothing given) says that there is none. */
  readonly go: (call?: Call) => void
  readonly record: Promise<ToolRecord>
  /** Whether the work was done here and now. */
  readonly live: () => boolean
}

/**
 * Tools whose runs are recorded steps. Steps are known by their order, and tools run side by side
 * in any: so the steps of a cycle are opened in the order in which the model asked for them, as soon
 * as it did, and wait for their tool to be run.
 */
export class DurableTools {
  readonly tools: readonly Tool[]
  private readonly names: ReadonlySet<string>
  private open: OpenStep[] = []
  private cycle = 0

  /** `place`: the run, and below it the tool call that an agent works in. */
  constructor(
    tools: readonly Tool[],
    private readonly place: string,
    private readonly journal: Journal,
  ) {
    this.names = new Set(tools.map(({ spec }) => spec.name))
    this.tools = tools.map((tool) => ({
      ...tool,
      run: (input, context) => this.run({ tool, input, context }),
    }))
  }

  openCycle(uses: readonly ToolUse[], signal: AbortSignal): void {
    this.cycle++
    this.open = uses
      .filter(({ name }) => this.names.has(name))
      .map(({ toolUseId, name }) => this.openStep(toolUseId, name, signal))
  }

  /** Steps that nobody has started by now never will be. */
  async closeCycle(): Promise<void> {
    const left = this.open
    this.open = []
    for (const step of left) step.go()
    await Promise.allSettled(left.map(({ record }) => record))
  }

  private openStep(toolUseId: string, name: string, signal: AbortSignal): OpenStep {
    let go: OpenStep['go'] = () => {}
    const started = new Promise<Call | undefined>((resolve) => {
      go = resolve
    })
    let live = false
    const record = this.journal.step(`tool ${name}`, signal, async (): Promise<ToolRecord> => {
      live = true
      const call = await started
      return call ? recordRun(call) : { skipped: true }
    })
    record.catch(() => {})
    return { toolUseId, go, record, live: () => live }
  }

  private async run(call: Call): Promise<ToolOutput> {
    const { toolUseId } = call.context
    const index = this.open.findIndex((step) => step.toolUseId === toolUseId)
    const [step] = index === -1 ? [] : this.open.splice(index, 1)
    if (!step) throw new Error(`No step is open for ${toolUseId}.`)
    // The same on every node and at every try: what was done once can be told from what was not.
    const idempotencyKey = `${this.place}:${this.cycle}:${toolUseId}`
    const run = call.context.run && this.durableBelow(call.context.run, idempotencyKey)
    step.go({ ...call, context: { ...call.context, idempotencyKey, ...(run && { run }) } })
    const record = await step.record
    if (!step.live())
      for (const { agent, spending } of record.children ?? [])
        call.context.run?.report(agent, spending)
    if ('output' in record) return record.output
    if ('skipped' in record) throw new Error('The tool was not run.')
    throw record.told ? new ToolFailure(record.failure) : new Error(record.failure)
  }

  /** The run as a tool sees it: the steps of an agent that works in the tool are recorded too. */
  private durableBelow(run: ParentRun, place: string): ParentRun {
    let agents = 0
    return {
      ...run,
      recorded: ({ model, tools }) => {
        const own = `${place}#${++agents}`
        const journal = this.journal.below(own)
        const durable = new DurableTools(tools, own, journal)
        return { model: new DurableModel(model, durable, journal), tools: durable.tools }
      },
    }
  }
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

/** The run as a tool sees it, with a list of the runs that the tool has counted in it. */
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
