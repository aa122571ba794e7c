import { CoreAgent } from '../agent/agent.js'
import { type AgentError, asAgentError } from '../agent/errors.js'
import { type AgentEvent, lastOf } from '../agent/events.js'
import type { AgentResult } from '../agent/result.js'
import { noUsage } from '../agent/usage.js'
import { runInSession } from './in-session.js'
import type { Admit } from './quotas.js'
import type { Session, SessionStore, Spending } from './session-store.js'
import type { Materialise, RunParts, RunSpec } from './spec.js'

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
  constructor(
    private readonly materialise: Materialise,
    private readonly sessions: SessionStore,
    private readonly admit: Admit,
  ) {}

  /** Fails where the spec cannot be run at all; from then on every end is an outcome. */
  async run(spec: RunSpec, options: RunOptions): Promise<RunOutcome> {
    const { limits, settle } = await this.admit(spec)
    let spent: Spending = { usage: noUsage, costUsd: 0 }
    try {
      const outcome = await this.runAdmitted({ ...spec, limits }, options)
      const { usage, metrics } = 'error' in outcome ? outcome.error : outcome.result
      // An error without metrics came before anything was sent.
      if (metrics) spent = { usage, costUsd: metrics.costUsd }
      return outcome
    } finally {
      await settle(spent)
    }
  }

  private async runAdmitted(spec: RunSpec, options: RunOptions): Promise<RunOutcome> {
    const parts = await this.materialise(spec, options.signal)
    const about = {
      runId: crypto.randomUUID(),
      modelId: spec.modelId,
      ...(spec.sessionId !== undefined && { sessionId: spec.sessionId }),
    }
    try {
      return { ...about, result: await this.inSession(spec, parts, options) }
    } catch (thrown) {
      return { ...about, error: asAgentError(thrown) }
    }
  }

  private inSession(spec: RunSpec, parts: RunParts, options: RunOptions): Promise<AgentResult> {
    const { principal, agent: profile, sessionId, limits } = spec
    const { signal, onEvent } = options
    const run = (agent: CoreAgent) => runAgent(agent, spec, parts, options)
    if (sessionId === undefined) return run(newAgent(spec, parts))
    return runInSession(this.sessions, {
      key: { principal, agent: profile, sessionId },
      limits,
      signal,
      onWait: () => onEvent?.({ type: 'notice', message: 'waiting for the session' }),
      newAgent: (session, left) => newAgent({ ...spec, limits: left }, parts, session),
      run,
    })
  }
}

function newAgent(
  { systemPrompt, limits }: RunSpec,
  { model, tools }: RunParts,
  session?: Session,
): CoreAgent {
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
  { prompt }: RunSpec,
  { output, notices, prompt: fetched }: RunParts,
  { signal, onEvent, stream }: RunOptions,
): Promise<AgentResult> {
  const events = agent.events(fetched ?? prompt, {
    signal,
    ...(output && { output }),
    ...(notices && { notices }),
    ...(stream !== undefined && { stream }),
  })
  return lastOf(events, onEvent)
}
