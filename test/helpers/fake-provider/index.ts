import type { Step } from './types.js'

export { bedrockEvent } from './bedrock-wire.js'
export { defaultReply } from './default-reply.js'
export type { RenderedStream, StreamEvent } from './reply.js'
export { startFakeProvider } from './server.js'
export type {
  Bill,
  FakeProvider,
  JsonObject,
  ModelRequest,
  RecordedRequest,
  Step,
  StepFunction,
  Wire,
} from './types.js'

/** A failed request; without a body the wire's usual one for that status. */
export function errorStep(
  status: number,
  body?: string | object,
  headers?: Record<string, string>,
): Step {
  return { raw: { status, ...(body !== undefined && { body }), ...(headers && { headers }) } }
}
