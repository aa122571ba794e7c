import { CoreAgent, type CoreRunOptions } from '../agent/agent.js'
import { type AgentError, asAgentError, cancelledError } from '../agent/errors.js'
import { type AgentEvent, lastOf } from '../agent/events.js'
import type { Limits } from '../agent/limits.js'
import type { Model } from '../agent/model.js'
import type { Prompt, SystemPrompt } from '../agent/prompt.js'
import type { AgentResult } from '../agent/result.js'
import type { Tool } from '../agent/tool.js'
import type { Session, SessionKey, SessionStore } from './session-store.js'

/** One run, with everything decided. */
export interface RunRequest {
  model: Model
  prompt: Prompt
  systemPrompt?: SystemPrompt
  tools: readonly Tool[]
  limits: Limits
  output?: NonNullable<CoreRunOptions['output']>
  session?: SessionKey
}

export interface RunOptions {
  signal: AbortSignal
  onEvent?: (event: AgentEvent) => void
  /** `false`: nobody listens, so one JSON reply of the model is as good as a stream. */
  stream?: boolean
}

/** How a run ended: with a result or with an error, and in either case with what it spent. */
export type RunOutcome = { runId: string; modelId: string; sessionId?: string } & (
  | { result: AgentResult }
  | { error: AgentError }
)

/** Runs agents inside this process. */
export class InProcessRuns {
  constructor(private readonly sessions: SessionStore) {}

  async run(request: RunRequest, options: RunOptions): Promise<RunOutcome> {
    const about = {
      runId: crypto.randomUUID(),
      modelId: request.model.modelId,
      ...(request.session && { sessionId: request.session.sessionId }),
    }
    try {
      return { ...about, result: await this.inSession(request, options) }
    } catch (thrown) {
      return { ...about, error: asAgentError(thrown) }
    }
  }

  private async inSession(request: RunRequest, options: RunOptions): Promise<AgentResult> {
    if (!request.session) return runAgent(newAgent(request), request, options)
    const session = await this.enter(request.session, options.signal)
    let messages = session.messages
    try {
      const agent = newAgent(request, session)
      try {
        return await runAgent(agent, request, options)
      } finally {
        messages = agent.messages
      }
    } finally {
      await session.release(messages)
    }
  }

  private async enter(key: SessionKey, signal: AbortSignal): Promise<Session> {
    try {
      return await this.sessions.acquire(key, signal)
    } catch (thrown) {
      throw signal.aborted ? cancelledError() : thrown
    }
  }
}

function newAgent(request: RunRequest, session?: Session): CoreAgent {
  const { model, tools, systemPrompt, limits } = request
  return new CoreAgent({
    model,
    tools,
    limits,
    ...(session && { messages: session.messages, cacheMemory: session.cacheMemory }),
    ...(systemPrompt !== undefined && { systemPrompt }),
  })
}

async function runAgent(
  agent: CoreAgent,
  { prompt, output }: RunRequest,
  { signal, onEvent, stream }: RunOptions,
): Promise<AgentResult> {
  const events = agent.events(prompt, {
    signal,
    ...(output && { output }),
    ...(stream !== undefined && { stream }),
  })
  return lastOf(events, onEvent)
}
