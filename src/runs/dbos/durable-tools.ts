import type { JsonObject, ToolUseBlock } from '../../agent/content.js'
import { type Tool, type ToolContext, ToolFailure, type ToolOutput } from '../../agent/tool.js'
import type { Journal } from './journal.js'

type ToolUse = ToolUseBlock['toolUse']

/** One tool call as it is recorded. `skipped`: it was asked for, but the tool was not run. */
type ToolRecord = { output: ToolOutput } | { failure: string; told: boolean } | { skipped: true }

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

  constructor(
    tools: readonly Tool[],
    private readonly runId: string,
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
    const record = this.journal.step(`tool ${name}`, signal, async (): Promise<ToolRecord> => {
      const call = await started
      return call ? recordRun(call) : { skipped: true }
    })
    record.catch(() => {})
    return { toolUseId, go, record }
  }

  private async run(call: Call): Promise<ToolOutput> {
    const { toolUseId } = call.context
    const index = this.open.findIndex((step) => step.toolUseId === toolUseId)
    const [step] = index === -1 ? [] : this.open.splice(index, 1)
    if (!step) throw new Error(`No step is open for ${toolUseId}.`)
    // The same on every node and at every try: what was done once can be told from what was not.
    const idempotencyKey = `${this.runId}:${this.cycle}:${toolUseId}`
    step.go({ ...call, context: { ...call.context, idempotencyKey } })
    const record = await step.record
    if ('output' in record) return record.output
    if ('skipped' in record) throw new Error('The tool was not run.')
    throw record.told ? new ToolFailure(record.failure) : new Error(record.failure)
  }
}

async function recordRun({ tool, input, context }: Call): Promise<ToolRecord> {
  try {
    return { output: await tool.run(input, context) }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { failure, told: error instanceof ToolFailure }
  }
}
