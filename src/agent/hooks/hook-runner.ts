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

/** How often a call is made: a hook that is never content must not keep a run busy for ever. */
export const maxAttempts = 10

/** Thrown where a hook ends the run; its message is the run's answer. */
export class HookStop extends Error {}

type Ask<Event> = Omit<Event, 'pauseClock'>
type Result = Pick<ToolResultBlock['toolResult'], 'status' | 'content'>

/** Asks a run's hooks. Each method throws HookStop where one of them ends the run. */
export class HookRunner {
  private readonly reversed: readonly Hooks[]

  constructor(
    private readonly hooks: readonly Hooks[],
    private readonly pauseClock: () => () => void,
  ) {
    this.reversed = hooks.toReversed()
  }

  async beforeModelCall(event: Ask<BeforeModelCallEvent>): Promise<ModelCallChange> {
    let change: ModelCallChange = {}
    for (const hook of this.hooks) {
      const answer = await this.ask(hook, 'beforeModelCall', { ...event, ...change })
      if (answer) change = { ...change, ...checked(answer, 'beforeModelCall', changeKeys) }
    }
    return change
  }

  async afterModelCall(
    event: Ask<AfterModelCallEvent>,
  ): Promise<Pick<AfterModelCallEvent, 'message'> | Retry> {
    let { message } = event
    for (const hook of this.reversed) {
      const answer = await this.ask(hook, 'afterModelCall', {
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
    event: Ask<BeforeToolCallEvent>,
  ): Promise<{ input: JsonObject } | { cancel: string }> {
    let { input } = event
    for (const hook of this.hooks) {
      const answer = await this.ask(hook, 'beforeToolCall', { ...event, input })
      if (!answer) continue
      const change = checked(answer, 'beforeToolCall', ['input', 'cancel'])
      if ('cancel' in change) return change
      input = change.input
    }
    return { input }
  }

  async afterToolCall(event: Ask<AfterToolCallEvent>): Promise<Result | Retry> {
    let result: Result = { status: event.status, content: event.content }
    for (const hook of this.reversed) {
      const answer = await this.ask(hook, 'afterToolCall', { ...event, ...result })
      if (!answer) continue
      const change = checked(answer, 'afterToolCall', ['result', 'status', 'retry'])
      if ('retry' in change) return change
      const { status = 'success' } = change
      result = { status, content: hookContent(change.result) }
    }
    return result
  }

  private async ask<Name extends HookName>(
    hooks: Hooks,
    name: Name,
    event: Ask<Parameters<NonNullable<Hooks[Name]>>[0]>,
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
      // TypeScript cannot see that the event and the hook go by one name.
      const answer: unknown = hooks[name]({ ...event, pauseClock } as never)
      return (await Promise.race([answer, aborted])) as Awaited<ReturnType<typeof this.ask<Name>>>
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

/** Fails on what a hook cannot say, which would else be passed over in silence. */
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
    hint: known?.hint ?? `Look at what ${name} does; to end a run on purpose it returns { stop }.`,
    cause: thrown,
  })
}
