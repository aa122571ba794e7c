import { AgentError } from '../../src/agent/errors.js'
import type { Model, ModelEvent, ModelReply, ModelRequest } from '../../src/agent/model.js'
import { eventStream } from '../../src/agent/run/event-stream.js'
import type { ModelInfo } from '../../src/litellm/models/model-info.js'
import type { Route } from '../../src/litellm/routes/route.js'
import { callSettings } from '../../src/litellm/settings.js'
import { bedrockCall } from '../../src/litellm/wires/bedrock-converse/call.js'
import type { WireCall } from '../../src/litellm/wires/wire.js'

export const claude = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0'

const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'not-a-secret' }

export function bedrockRoute(baseUrl: string, change: Partial<Route> = {}): Route {
  return {
    wire: 'bedrock-converse',
    kind: 'direct',
    provider: 'bedrock',
    model: claude,
    id: `bedrock/${claude}`,
    baseUrl,
    baseSource: 'clientArgs.api_base',
    apiKey: undefined,
    keySource: 'clientArgs.aws_access_key_id',
    traits: {},
    aws: { region: 'us-east-1', ...keys },
    ...change,
  }
}

export interface CallOptions {
  route: Route
  params?: Parameters<typeof callSettings>[0]['params']
  clientArgs?: Parameters<typeof callSettings>[0]['clientArgs']
  stream?: boolean
  signal?: AbortSignal
  info?: ModelInfo
}

export function wireCall(request: Partial<ModelRequest>, options: CallOptions): WireCall {
  const { route, params = {}, clientArgs = {}, info, stream = true } = options
  return {
    request: { messages: [], system: [], tools: [], ...request },
    route,
    settings: callSettings({ params, clientArgs }, route),
    info,
    stream,
    signal: options.signal ?? new AbortController().signal,
  }
}

export function says(text: string): Pick<ModelRequest, 'messages'> {
  return { messages: [{ role: 'user', content: [{ text }] }] }
}

/** The events of one call; the reply is the last. */
export async function callEvents(
  request: Partial<ModelRequest>,
  options: CallOptions,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = []
  const emit = (event: ModelEvent) => void events.push(event)
  const reply = await bedrockCall(wireCall(request, options), emit)
  return [...events, { type: 'reply', reply }]
}

export async function callReply(
  request: Partial<ModelRequest>,
  options: CallOptions,
): Promise<ModelReply> {
  const last = (await callEvents(request, options)).at(-1)
  if (last?.type !== 'reply') throw new Error('There was no reply.')
  return last.reply
}

export async function callError(
  request: Partial<ModelRequest>,
  options: CallOptions,
): Promise<AgentError> {
  const thrown = await callEvents(request, options).then(
    () => new Error('The call did not fail.'),
    (error: unknown) => error,
  )
  if (thrown instanceof AgentError) return thrown
  throw thrown
}

/** The wire as a model, without retries. */
export function bedrockModel(options: CallOptions): Model {
  return {
    modelId: options.route.id,
    stream: (request, { signal, stream }) =>
      eventStream<ModelEvent, ModelReply>(
        signal,
        (emit, signal) => {
          const asked = { ...options, signal, stream: stream ?? options.stream ?? true }
          return bedrockCall(wireCall(request, asked), emit)
        },
        (reply) => ({ type: 'reply', reply }),
      ),
  }
}
