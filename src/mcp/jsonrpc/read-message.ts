import { isJsonObject, type JsonObject } from '../../util/json.js'
import { acceptAbsentMembers } from './absent-members.js'
import { errorResponse, type RpcErrorResponse, rpcCodes } from './error-response.js'
import { type InvalidMessage, invalidMessage } from './invalid-message.js'
import { batchRevision } from './revisions.js'

/** Limits a batch, because all of its messages are handled at once. */
const maxBatchLength = 100

/** Prepares a message for the SDK, in place. Returns what makes the message invalid, if anything. */
export function readMessage(value: unknown): InvalidMessage | undefined {
  if (isJsonObject(value)) acceptAbsentMembers(value)
  return invalidMessage(value)
}

export interface Batch {
  messages: JsonObject[]
  /** The error responses to those of its messages that are invalid. */
  responses: RpcErrorResponse[]
}

/** Reads a JSON-RPC batch under a protocol revision, which is `undefined` before the handshake. */
export function readBatch(
  values: readonly unknown[],
  revision: string | undefined,
): Batch | InvalidMessage {
  if (values.length === 0)
    return refused('The JSON-RPC batch is empty.', 'Send at least one message.')
  if (revision !== batchRevision)
    return refused(
      revision === undefined
        ? 'A JSON-RPC batch was sent before a protocol revision was agreed.'
        : `Protocol revision ${revision} has no JSON-RPC batches.`,
      'Send each message by itself.',
    )
  if (values.length > maxBatchLength)
    return refused(
      `The JSON-RPC batch has more than ${maxBatchLength} messages.`,
      'Send several smaller batches.',
    )
  const batch: Batch = { messages: [], responses: [] }
  const ids = new Set<unknown>()
  for (const value of values) {
    const wrong = readMessage(value) ?? unfitForBatch(value as JsonObject, ids)
    if (!wrong) batch.messages.push(value as JsonObject)
    else if (!wrong.silent) batch.responses.push(wrong.response)
  }
  return batch
}

function unfitForBatch({ id, method }: JsonObject, ids: Set<unknown>): InvalidMessage | undefined {
  if (method === undefined || id === undefined) return undefined
  if (method === 'initialize')
    return refused(
      'The request initialize must not be part of a JSON-RPC batch.',
      'Send it by itself.',
      id as string | number,
    )
  if (ids.has(id))
    return refused('Two requests of the JSON-RPC batch have this id.', 'Give each its own id.')
  ids.add(id)
  return undefined
}

function refused(message: string, hint: string, id: string | number | null = null): InvalidMessage {
  const error = { code: 'invalidRequest', message, hint } as const
  return { response: errorResponse(id, rpcCodes.invalidRequest, error), silent: false }
}
