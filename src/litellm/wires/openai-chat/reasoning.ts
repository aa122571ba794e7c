import type { ContentBlock, Message } from '../../../agent/messages/content.js'
import { isJsonObject, type JsonObject } from '../../../util/json.js'
import type { Route } from '../../routes/route.js'
import { isOwn, isReadable } from '../reasoning-origin.js'

/**
 * Says which unsigned reasoning the messages of a request have: none, that of the route's own model,
 * or some in every message of the model, because the provider refuses a message without it.
 */
export type HistoryReasoning = 'none' | 'own' | 'every'

/** Providers that require reasoning accept a space if there was none, as LiteLLM sends it. */
const placeholder = ' '

/**
 * Returns which unsigned reasoning a request has. Only conversations with tool calls need any.
 * Providers that did not return the field may refuse it.
 */
export function historyReasoning(
  messages: readonly Message[],
  { traits }: Route,
  { thinking, reasoning_effort }: Readonly<JsonObject>,
): HistoryReasoning {
  if (traits.replayReasoning === 'never') return 'none'
  const called = messages.some(({ content }) => content.some((block) => 'toolUse' in block))
  if (!called) return 'none'
  const off =
    reasoning_effort === 'none' || (isJsonObject(thinking) && thinking.type === 'disabled')
  return traits.replayReasoning === 'required' && !off ? 'every' : 'own'
}

interface AssistantReasoning {
  /** The fields of the message that hold its reasoning. */
  fields: JsonObject
  /** The part of the content that holds it, at servers with such parts. */
  part?: JsonObject & { type: string }
}

/** Returns the reasoning of a message in the forms that the provider returned it in. */
export function assistantReasoning(
  content: readonly ContentBlock[],
  route: Route,
  history: HistoryReasoning,
): AssistantReasoning {
  const { traits } = route
  const thinking: JsonObject[] = []
  const details: JsonObject[] = []
  let unsigned = ''
  for (const block of content) {
    if (!('reasoningContent' in block)) continue
    const { reasoningContent: reasoning } = block
    const { reasoningText, redactedContent } = reasoning
    const own = isOwn(reasoning, route)
    if (own && traits.replayReasoning !== 'never')
      details.push(...(reasoning.details ?? []).filter(isJsonObject))
    if (redactedContent !== undefined) {
      if (isReadable(reasoning, route))
        thinking.push({ type: 'redacted_thinking', data: redactedContent })
    } else if (reasoningText?.signature !== undefined) {
      const { text, signature } = reasoningText
      if (isReadable(reasoning, route))
        thinking.push({ type: 'thinking', thinking: text, signature })
    } else if (own || history === 'every') unsigned += reasoningText?.text ?? ''
  }
  const parts = traits.thinkingParts && unsigned !== ''
  const text = history === 'every' ? unsigned || placeholder : unsigned
  const sent = history !== 'none' && text !== '' && !parts && details.length === 0
  return {
    fields: {
      ...(traits.signedThoughts === 'litellm' &&
        traits.replayReasoning !== 'never' &&
        thinking.length > 0 && { thinking_blocks: thinking }),
      ...(details.length > 0 && { reasoning_details: details }),
      ...(sent && { reasoning_content: text }),
    },
    ...(parts && {
      part: { type: 'thinking', thinking: [{ type: 'text', text: unsigned }] },
    }),
  }
}
