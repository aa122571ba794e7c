import { CoreAgent } from '../agent/agent.js'
import type { AgentEvent } from '../agent/events.js'
import type { AgentResult } from '../agent/result.js'
import type { Approve } from '../agent/tools/approval.js'
import type { ParentRun } from '../agent/tools/tool.js'
import { runInSession } from './sessions/run-in-session.js'
import type { Session, SessionAccess } from './sessions/session-store.js'
import type { RunParts, RunSpec } from './spec.js'

export interface RunOptions {
  signal: AbortSignal
  onEvent?: (event: AgentEvent) => void
  /** Requests approval for tool calls that need it. */
  approve?: Approve
  /** Called if the run must wait for other runs of its session. */
  onWait?: () => void
  /** False if no client listens, so that the model may reply with one JSON object instead of a stream. */
  stream?: boolean | undefined
  /** The run whose tool call starts this run. */
  parent?: ParentRun
}

/** Runs a spec to its end, in its session if it has one. Failures are AgentErrors. */
export function runSpec(
  spec: RunSpec,
  parts: RunParts,
  sessions: SessionAccess,
  options: RunOptions,
): Promise<AgentResult> {
  const { principal, agent: profile, sessionId, limits } = spec
  const { signal, onWait } = options
  const run = (agent: CoreAgent) => runAgent(agent, spec, parts, options)
  if (sessionId === undefined) return runAlone(spec, parts, options)
  return runInSession(sessions, {
    key: { principal, agent: profile, sessionId },
    limits,
    signal,
    ...(onWait && { onWait }),
    newAgent: (session, left) => newAgent({ ...spec, limits: left }, parts, session),
    run,
  })
}

/** Runs a spec without a session. */
export function runAlone(
  spec: RunSpec,
  parts: RunParts,
  options: RunOptions,
): Promise<AgentResult> {
  const recorded = options.parent?.recorded?.(parts)
  if (!recorded) return runAgent(newAgent(spec, parts), spec, parts, options)
  const { approve, ...working } = recorded
  const own = { ...parts, ...working }
  return runAgent(newAgent(spec, own), spec, own, { ...options, approve })
}

function newAgent(
  { agent, approval, systemPrompt, limits, conversation, principal, sessionId = '' }: RunSpec,
  { model, tools }: RunParts,
  session?: Session,
): CoreAgent {
  return new CoreAgent({
    model,
    tools,
    limits,
    ...(session && {
      messages: session.messages,
      cacheMemory: session.cacheMemory,
      cacheKey: cacheKeyOf([principal, agent, sessionId]),
    }),
    ...(systemPrompt !== undefined && { systemPrompt }),
    ...(agent !== '' && { name: agent }),
    ...(approval && { approval }),
    ...(conversation && { conversationManager: conversation }),
  })
}

/** Returns a name of a session that reveals neither its principal nor its id. */
function cacheKeyOf(session: readonly string[]): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(JSON.stringify(session)).digest('hex').slice(0, 32)
}

async function runAgent(
  agent: CoreAgent,
  { prompt, maxDepth }: RunSpec,
  { output, notices, prompt: fetched, span }: RunParts,
  { signal, approve, onEvent, stream, parent }: RunOptions,
): Promise<AgentResult> {
  return agent.run(fetched ?? prompt, {
    signal,
    onEvent,
    ...(approve && { approve }),
    ...(output && { output }),
    ...(notices && { notices }),
    ...(span && { span }),
    ...(stream !== undefined && { stream }),
    ...(parent && { parent }),
    ...(maxDepth !== undefined && { maxDepth }),
  })
}
