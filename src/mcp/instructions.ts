import type { Config } from '../config/resolve.js'
import { inFewWords } from './tools/agent-argument.js'

const text = `Delegates work to AI agents on any model LiteLLM reaches.
- run_agent: a task in your words; the agent answers in text, or in an object if you give outputSchema. It knows nothing of your conversation. Name tools to let it calculate or look at the clock. Reuse a sessionId to go on with a conversation.
- structured_extract: one object of a given shape out of a text, an image or a document.
- A run that takes long goes on behind a runId: call get_run until its status is no longer running. cancel_run stops it, list_runs finds it.
- list_models: what modelId may name. Leave modelId out for the server's default.
- list_sessions, forget_session: your conversations.
Each result says what it used and cost (usage, costUsd; null is unknown); limits.maxCostUsd and the other limits cap a run, which then ends with stopReason limitReached. An error has a code, a hint on what to do next, and says whether the same call may work later (retryable).`

/** Clients keep no more of them. */
const maxCharacters = 2_048

/** What a client's model is told of the server, and as many of the agents as there is room for. */
export function instructions({ agents }: Config): string {
  let told = text
  for (const { name, description } of agents.values()) {
    const start = told === text ? '\nAgents of this server, for run_agent.agent:' : ';'
    const longer = `${told}${start} ${name} (${inFewWords(description)})`
    if (longer.length >= maxCharacters) break
    told = longer
  }
  return told
}
