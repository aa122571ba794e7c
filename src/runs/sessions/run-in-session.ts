import type { CoreAgent } from '../../agent/agent.js'
import { AgentError, asAgentError, cancelledError } from '../../agent/errors.js'
import type { Limits } from '../../agent/limits.js'
import type { AgentResult } from '../../agent/result.js'
import type {
  Session,
  SessionAccess,
  SessionKey,
  SessionLimits,
  Spending,
} from './session-store.js'

export interface SessionRun {
  key: SessionKey
  /** The run's own limits. */
  limits: Limits
  signal: AbortSignal
  /** Called if the run must wait for other runs of the session. */
  onWait?: () => void
  newAgent(session: Session, limits: Limits): CoreAgent
  run(agent: CoreAgent): Promise<AgentResult>
}

/** Runs an agent that continues a session, after earlier runs, and saves its messages and spending. */
export async function runInSession(store: SessionAccess, wanted: SessionRun): Promise<AgentResult> {
  const session = await enter(store, wanted)
  let agent: CoreAgent
  try {
    agent = wanted.newAgent(session, limitsLeft(wanted.limits, store.limits, session.spent))
  } catch (thrown) {
    await session.release()
    throw thrown
  }
  let end: AgentResult | AgentError
  try {
    end = await wanted.run(agent)
  } catch (thrown) {
    end = asAgentError(thrown)
  }
  try {
    // An error without metrics occurred before anything was sent.
    const { usage, metrics } = end
    const costUsd = metrics ? metrics.costUsd : 0
    await session.release({ messages: agent.messages, usage, costUsd })
  } catch (thrown) {
    // The run's own error is more useful than the error of saving.
    if (end instanceof AgentError) throw end
    const error = asAgentError(thrown)
    // The answer is paid for, so a full disk must not lose it.
    if (error.code === 'configuration') return notSaved(error, end)
    throw withSpending(error, end)
  }
  if (end instanceof AgentError) throw end
  return session.notice === undefined ? end : withNotice(end, session.notice)
}

async function enter(store: SessionAccess, { key, signal, onWait }: SessionRun): Promise<Session> {
  try {
    return await store.acquire(key, signal, onWait)
  } catch (thrown) {
    throw signal.aborted ? cancelledError() : thrown
  }
}

function notSaved({ message, hint }: AgentError, result: AgentResult): AgentResult {
  const unsaved = `The session does not have this turn: ${message} ${hint}`
  return Object.assign(withNotice(result, unsaved), { unsaved })
}

function withNotice(result: AgentResult, notice: string): AgentResult {
  const metrics = { ...result.metrics, notices: [...result.metrics.notices, notice] }
  return Object.assign(result, { metrics })
}

function withSpending(error: AgentError, { text, usage, metrics }: AgentResult): AgentError {
  const { code, message, hint, retryable } = error
  const told = new AgentError({ code, message, hint, retryable, text, cause: error })
  return Object.assign(told, { usage, metrics })
}

/**
 * Returns a run's limits, lowered to the rest of its session's limits. Fails if a limit is used up.
 */
function limitsLeft(limits: Limits, caps: SessionLimits, { usage, costUsd }: Spending): Limits {
  const left: Limits = { ...limits }
  const spending = [
    ['maxCostUsd', costUsd],
    ['maxTotalTokens', usage?.totalTokens ?? 0],
  ] as const
  for (const [name, spent] of spending) {
    const cap = caps[name]
    if (cap === undefined) continue
    // A limit cannot be enforced on an unknown cost.
    if (spent === null || spent >= cap) throw exhausted(name, cap, spent)
    left[name] = Math.min(left[name] ?? cap, cap - spent)
  }
  return left
}

function exhausted(name: keyof SessionLimits, cap: number, spent: number | null): AgentError {
  return new AgentError({
    code: 'limitReached',
    message: `The session has reached its ${name} of ${cap}: ${spent === null ? 'its cost is partly unknown' : `it has spent ${spent}`}.`,
    hint: 'Use another `sessionId`, or ask the operator to raise sessions.limits.',
    unsent: true,
  })
}
