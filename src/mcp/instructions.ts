import type { Config } from '../config/resolve.js'
import { summarize } from './tools/agent-argument.js'

const text = `Delegates work to AI agents on any model that LiteLLM reaches. Use it when the user wants another model, a second opinion, a cheaper or larger model, or one of the agents below.
- run_agent: a task in your words. The agent answers in text, or with an object if you set outputSchema. It sees nothing of your conversation. Set tools to let it calculate or read the time. Reuse a sessionId to continue a conversation.
- structured_extract: one object of a given shape from a text, an image or a document.
- Long runs return a runId: call get_run until status is not running. cancel_run stops a run, list_runs finds one.
- list_models: what modelId may be. Omit modelId for the default of the server.
- list_sessions, forget_session: your conversations.
Each result reports usage and cost (costUsd; null is unknown). limits.maxCostUsd and the other limits end a run with stopReason limitReached. An error has a code, a hint on what to do next, and retryable: whether the same call may work later.`

/** Limits the length, because clients keep at most this many characters. */
const maxCharacters = 2_048

/** Returns the instructions for the client's model, with as many agents as fit. */
export function instructions({ agents }: Config): string {
  let shown = text
  for (const { name, description } of agents.values()) {
    const start = shown === text ? '\nAgents of this server, for run_agent.agent:' : ';'
    const longer = `${shown}${start} ${name} (${summarize(description)})`
    if (longer.length >= maxCharacters) break
    shown = longer
  }
  return shown
}
