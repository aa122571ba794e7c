import { configurationError } from '../errors.js'
import type { Message } from '../messages/content.js'
import type { Model, ModelReply, ModelRequest } from '../model.js'

/** Keeps a conversation short enough. It never parts a tool use from its result. */
export interface ConversationManager {
  /** After a run: a shorter conversation to go on from; `undefined`: this one is short enough. */
  apply?(messages: readonly Message[]): Message[] | undefined
  /** After the model found it too long, once in a run; `undefined`: nothing can go. */
  reduce(
    messages: readonly Message[],
    context: ReduceContext,
  ): Reduced | undefined | Promise<Reduced | undefined>
}

/** `detail` says in a sentence what was done. */
export interface Reduced {
  messages: Message[]
  detail: string
}

export interface ReduceContext {
  /** A model call that counts as part of the run; by its model, where no other is given. */
  ask(request: Pick<ModelRequest, 'messages' | 'system'>, model?: Model): Promise<ModelReply>
}

export function checkCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw configurationError(
    `The conversation's ${name} must be a positive whole number, not ${JSON.stringify(value)}.`,
    `Leave ${name} out for the default.`,
  )
}
