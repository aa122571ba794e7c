import type { JsonObject } from '../../util/json.js'
import { untilAborted } from '../../util/until-aborted.js'
import { checkKeys } from '../check-keys.js'
import { AgentError, cancelledError } from '../errors.js'
import type { ToolResultBlock } from '../messages/content.js'

import { type ToolOutput, toolResultContent } from '../tools/tool.js'
import type {
  AfterModelCallEvent,
  AfterToolCallEvent,
  BeforeModelCallEvent,
  BeforeToolCallEvent,
  HookName,
  Hooks,
  ModelCallChange,
  Retry,
  Stop,
} from './hooks.js'

/** The maximum number of times a hook can have one call made, so that a run always ends. */
export const maxAttempts = 10

/** Thrown if a hook ends the run. Its message is the run's answer. */
export class HookStop extends Error {}

type Input<Event> = Omit<Event, 'pauseClock'>
type Result = Pick<ToolResultBlock['toolResult'], 'status' | 'content'>

/** Calls a run's hooks. Each method throws HookStop if a hook ends the run. */
export class HookRunner {
  private readonly reversed: readonly Hooks[]

  constructor(
    private readonly hooks: readonly Hooks[],
    private readonly pauseClock: () => () => void,
  ) {
    this.reversed = hooks.toReversed()
  }

  async beforeModelCall(event: Input<BeforeModelCallEvent>): Promise<ModelCallChange> {
    let change: ModelCallChange = {}
    for (const hook of this.hooks) {
      const answer = await this.call(hook, 'beforeModelCall', { ...event, ...change })
      if (answer) change = { ...change, ...checked(answer, 'beforeModelCall', changeKeys) }
    }
    return change
  }

  async afterModelCall(
    event: Input<AfterModelCallEvent>,
  ): Promise<Pick<AfterModelCallEvent, 'message'> | Retry> {
    let { message } = event
    for (const hook of this.reversed) {
      const answer = await this.call(hook, 'afterModelCall', {
        ...event,
        ...(message && { message }),
      })
      if (!answer) continue
      const change = checked(answer, 'afterModelCall', ['message', 'retry'])
      if ('retry' in change) return change
      if (message) message = change.message
    }
    return message ? { message } : {}
  }

  async beforeToolCall(
    event: Input<BeforeToolCallEvent>,
  ): Promise<{ input: JsonObject } | { cancel: string }> {
    let { input } = event
    for (const hook of this.hooks) {
      // Each hook gets a copy, so that the arguments that run are those that were validated.
      const shown = structuredClone(input)
      const answer = await this.call(hook, 'beforeToolCall', { ...event, input: shown })
      if (!answer) continue
      const change = checked(answer, 'beforeToolCall', ['input', 'cancel'])
      if ('cancel' in change) return change
      input = change.input
    }
    return { input }
  }

  async afterToolCall(event: Input<AfterToolCallEvent>): Promise<Result | Retry> {
    let result: Result = { status: event.status, content: event.content }
    for (const hook of this.reversed) {
      const answer = await this.call(hook, 'afterToolCall', { ...event, ...result })
      if (!answer) continue
      const change = checked(answer, 'afterToolCall', ['result', 'status', 'retry'])
      if ('retry' in change) return change
      const { status = 'success' } = change
      result = { status, content: hookContent(change.result) }
    }
    return result
  }

  private async call<Name extends HookName>(
    hooks: Hooks,
    name: Name,
    event: Input<Parameters<NonNullable<Hooks[Name]>>[0]>,
  ): Promise<Exclude<Awaited<ReturnType<NonNullable<Hooks[Name]>>>, void> | undefined> {
    if (!hooks[name]) return undefined
    const { signal } = event
    const { aborted, stop } = untilAborted(signal)
    const resumes: (() => void)[] = []
    const pauseClock = () => {
      const resume = this.pauseClock()
      resumes.push(resume)
      return resume
    }
    try {
      // TypeScript cannot infer that the event belongs to the hook of this name.
      const answer: unknown = hooks[name]({ ...event, pauseClock } as never)
      return (await Promise.race([answer, aborted])) as Awaited<ReturnType<typeof this.call<Name>>>
    } catch (thrown) {
      if (signal.aborted) throw cancelledError()
      throw hookError(name, thrown)
    } finally {
      stop()
      for (const resume of resumes) resume()
    }
  }
}

const changeKeys = ['messages', 'system', 'params']

/** Checks a hook's answer. Unknown keys fail, because ignoring them would hide a mistake. */
function checked<Answer extends object>(
  answer: Answer | Stop,
  name: HookName,
  keys: readonly string[],
): Exclude<Answer, Stop> {
  checkKeys(answer, [...keys, 'stop'], `The answer of ${name}`)
  if ('stop' in answer) throw new HookStop(answer.stop)
  return answer as Exclude<Answer, Stop>
}

function hookContent(result: ToolOutput): Result['content'] {
  try {
    return toolResultContent(result)
  } catch (thrown) {
    throw hookError('afterToolCall', thrown)
  }
}

function hookError(name: HookName, thrown: unknown): AgentError {
  const known = thrown instanceof AgentError ? thrown : undefined
  const what = thrown instanceof Error ? thrown.message : String(thrown)
  return new AgentError({
    code: known?.code ?? 'toolError',
    message: `The hook ${name} failed: ${what}`,
    hint:
      known?.hint ?? `Fix the hook ${name}. To end a run on purpose, return { stop: 'reason' }.`,
    cause: thrown,
  })
}
