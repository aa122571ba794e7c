import { checkKeys } from '../check-keys.js'
import { configurationError } from '../errors.js'
import type { ConversationManager } from './manager.js'
import {
  overflowOnlyManager,
  SlidingWindowConversationManager,
  type SlidingWindowOptions,
} from './sliding-window.js'
import { SummarizingConversationManager, type SummarizingOptions } from './summarizing.js'

/** A conversation manager, as plain configuration. */
export type ConversationConfig =
  | ({ type: 'sliding' } & SlidingWindowOptions)
  | ({ type: 'summarizing' } & Pick<SummarizingOptions, 'summaryRatio' | 'preserveRecentMessages'>)
  | { type: 'none' }

/** Never shortens a conversation. If it overflows, the run ends with an error. */
export class NullConversationManager implements ConversationManager {
  reduce(): undefined {
    return undefined
  }
}

export function conversationManager(
  given: ConversationManager | ConversationConfig | undefined,
): ConversationManager {
  if (given === undefined) return overflowOnlyManager
  if ('reduce' in given) return given
  switch (given.type) {
    case 'sliding':
      checkKeys(given, ['type', 'windowSize'], 'conversationManager')
      return new SlidingWindowConversationManager(given)
    case 'summarizing':
      checkKeys(given, ['type', 'summaryRatio', 'preserveRecentMessages'], 'conversationManager')
      return new SummarizingConversationManager(given)
    case 'none':
      return new NullConversationManager()
    default:
      throw configurationError(
        `conversationManager must be an object with a known type, not ${JSON.stringify(given)}.`,
        'Set type to sliding, summarizing or none.',
      )
  }
}
