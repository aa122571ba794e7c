import { untilAborted } from '../../util/until-aborted.js'

/** Runs work as a recorded step. On another node, or later, it returns the recorded result. */
export type RunStep = <T>(name: string, work: () => Promise<T>) => Promise<T>

/**
 * Records the steps of one run. The work of a step does not throw, because a failure is part of its
 * result. If a run stops in the middle of a step, the step is not recorded.
 */
export class StepLog {
  /**
   * The reason why this node may not continue the run: it lost the run, or a step could not be
   * recorded.
   */
  fault: unknown
  /** Steps whose work or recording is in progress. */
  private working = 0

  constructor(
    private readonly runStep: RunStep,
    private readonly options: {
      /** Stops the run. */
      stop: () => void
      /** Called before the work of a step that is not recorded yet. */
      beforeWork: () => void
      /** Resolves when a new step may start, which may be never. */
      waitToStart: () => Promise<void>
      /** Returns the steps of a child agent, by the path of its place. */
      childSteps: (path: string) => RunStep
    },
  ) {}

  /** Returns the steps of an agent that runs in one of these steps. */
  below(path: string): StepLog {
    return new StepLog(this.options.childSteps(path), this.options)
  }

  get idle(): boolean {
    return this.working === 0
  }

  async step<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.fault !== undefined) throw this.fault
    const { aborted, stop } = untilAborted(signal)
    let end = () => {}
    const done = this.runStep(name, async () => {
      await this.options.waitToStart()
      this.options.beforeWork()
      end = this.beginWork()
      const result = await work()
      if (!signal.aborted) return result
      // An incomplete result is not recorded. The node that resumes the run repeats the step.
      end()
      return never
    })
    // Recording is part of the work: a node that shuts down waits for it.
    done.then(
      () => end(),
      () => end(),
    )
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

  private beginWork(): () => void {
    let working = true
    this.working++
    return () => {
      if (working) this.working--
      working = false
    }
  }
}

const never = new Promise<never>(() => {})
