import { configurationError } from '../errors.js'
import type { Message } from '../messages/content.js'
import type { Model, ModelReply, ModelRequest } from '../model.js'

/** Shortens conversations. It must never separate a tool use from its result. */
export interface ConversationManager {
  /** Called after a run. Returns a shorter conversation, or `undefined` to keep this one. */
  apply?(messages: readonly Message[]): Message[] | undefined
  /**
   * Called each time the model rejects the conversation as too long. Returns `undefined` if nothing
   * can be removed. A result that is not shorter is ignored.
   */
  reduce(
    messages: readonly Message[],
    context: ReduceContext,
  ): Reduced | undefined | Promise<Reduced | undefined>
}

/** A shortened conversation. `detail` is a sentence that says what was removed. */
export interface Reduced {
  messages: Message[]
  detail: string
}

export interface ReduceContext {
  /** How many characters of JSON to remove, so that the request uses about two thirds of the window. */
  removeChars: number
  /** Counts the overflows since the last successful call, from 1. */
  attempt: number
  /** Makes a model call that counts as part of the run. Default model: the run's own. */
  ask(request: Pick<ModelRequest, 'messages' | 'system'>, model?: Model): Promise<ModelReply>
}

export function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw configurationError(
    `The conversation's ${name} must be a positive whole number, not ${JSON.stringify(value)}.`,
    `Set ${name} to a positive whole number, or omit it to use the default.`,
  )
}
