import { untilAborted } from '../../util/until-aborted.js'

/** Runs work as a step that is recorded: on another node, or later, its recorded result comes back. */
export type RunStep = <T>(name: string, work: () => Promise<T>) => Promise<T>

/**
 * The recorded steps of one run. A step's work does not throw: what went wrong is part of its
 * result. Where a run was stopped in the middle of a step, there is no result to be recorded.
 */
export class StepLog {
  /** Why this node may not go on with the run: another one has it, or the record does not fit. */
  fault: unknown
  /** Steps whose work is going on. */
  private working = 0

  constructor(
    private readonly runStep: RunStep,
    private readonly options: {
      /** Stops the run. */
      stop: () => void
      /** Called where a step is done for the first time, before its work. */
      onLive: () => void
      /** Resolves when a new step may start, which may be never. */
      mayStart: () => Promise<void>
      /** The steps of an agent that works below, by the name of its place. */
      childSteps: (place: string) => RunStep
    },
  ) {}

  /** The record of an agent that works in one of the steps. */
  below(place: string): StepLog {
    return new StepLog(this.options.childSteps(place), this.options)
  }

  get idle(): boolean {
    return this.working === 0
  }

  async step<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.fault !== undefined) throw this.fault
    const { aborted, stop } = untilAborted(signal)
    const done = this.runStep(name, async () => {
      await this.options.mayStart()
      this.options.onLive()
      this.working++
      const result = await work().finally(() => this.working--)
      // Cut short, it is no result: the step stays open, and whoever resumes the run does it anew.
      return signal.aborted ? never : result
    })
    done.catch(() => {})
    try {
      return await Promise.race([done, aborted])
    } catch (error) {
      if (!signal.aborted) {
        this.fault ??= error
        this.options.stop()
      }
      throw error
    } finally {
      stop()
    }
  }
}

const never = new Promise<never>(() => {})
