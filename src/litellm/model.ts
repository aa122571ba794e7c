import { asAgentError, cancelledError, withSpending } from '../agent/errors.js'
import type { Emit } from '../agent/events.js'
import type {
  CallEvent,
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelReply,
  ModelRequest,
} from '../agent/model.js'
import { eventStream } from '../agent/run/event-stream.js'
import { RunSignal } from '../agent/run/run-signal.js'
import type { JsonObject } from '../util/json.js'
import { adapted } from './adapt.js'
import { withinBudget } from './budgeted-call.js'
import { withAutoCachePoints } from './cache/auto-cache.js'
import { Delivery } from './delivery.js'
import { timeoutError } from './errors.js'
import { takesCachePoints } from './explain.js'
import { withFallbacks } from './fallbacks.js'
import { checkConfig, type LiteLLMModelConfig } from './model-config.js'
import type { ModelInfo } from './models/model-info.js'
import { routeInfo } from './models/route-info.js'
import { type SpendMetadata, withSpendFields, withTrace } from './proxy-metadata.js'
import { withRetries } from './retry.js'
import { callRoute } from './routes/call-route.js'
import { proxyPrefix } from './routes/proxy.js'
import { type Environment, type Route, resolveRoute } from './routes/route.js'
import { type CallSettings, callSettings } from './settings.js'
import { withAcceptedForm } from './wires/accepted-form.js'
import { wellFormedWire } from './wires/well-formed-wire.js'
import type { EmitCallEvent, Wire, WireCall } from './wires/wire.js'

/** Calls a model by its LiteLLM name, through a LiteLLM Proxy or directly at the provider. */
export class LiteLLMModel implements Model {
  private config: LiteLLMModelConfig
  private readonly env: Environment
  private resolved: Resolved | undefined

  /** Throws a `configuration` AgentError if a key is unknown or a value is invalid. */
  constructor(config: LiteLLMModelConfig, { env = process.env }: { env?: Environment } = {}) {
    this.config = checkConfig(config)
    this.env = env
  }

  get modelId(): string {
    return this.config.modelId
  }

  /**
   * Returns the route of calls without making one. Throws the errors of a call: `configuration` and
   * `modelNotFound`.
   */
  get route(): Route {
    return this.resolve().route
  }

  getConfig(): Readonly<LiteLLMModelConfig> {
    return this.config
  }

  /** Changes part of the configuration. Later calls use the new values. */
  updateConfig(change: Partial<LiteLLMModelConfig>): void {
    this.config = checkConfig({ ...this.config, ...change })
    this.resolved = undefined
  }

  stream(request: ModelRequest, options: ModelCallOptions): AsyncGenerator<ModelEvent> {
    return this.events({ request, options })
  }

  call(
    request: ModelRequest,
    options: ModelCallOptions,
    emit: Emit<CallEvent>,
  ): Promise<ModelReply> {
    return this.reply({ request, options }, emit)
  }

  /**
   * Returns the same model with metadata for a LiteLLM Proxy's spend logs on each call.
   * @internal
   */
  spendingAs(spend: SpendMetadata): Model {
    return {
      modelId: this.modelId,
      call: (request, options, emit) => this.reply({ request, options, spend }, emit),
      stream: (request, options) => this.events({ request, options, spend }),
    }
  }

  /**
   * Loads what a first call needs, without connecting to anything. Throws the errors of a call.
   * @internal
   */
  async prepare(): Promise<void> {
    const { route: found, settings } = this.resolve()
    const info = await this.knownInfo()
    const route = callRoute(found, { hasTools: false, body: settings.body }, info)
    if (!loadedWires[route.wire]) await loadWire(route.wire)
    if (!URL.canParse(route.baseUrl)) return
    const { prepareConnections } = await import('./http/post.js')
    prepareConnections(new URL(route.baseUrl), route.verify)
  }

  private events(call: CallRequest): AsyncGenerator<ModelEvent> {
    return eventStream<ModelEvent, ModelReply>(
      call.options.signal,
      (emit, signal) => this.reply({ ...call, options: { ...call.options, signal } }, emit),
      (reply) => ({ type: 'reply', reply }),
    )
  }

  private async reply(call: CallRequest, emit: EmitCallEvent): Promise<ModelReply> {
    const { fallbacks } = this.resolve()
    const delivery = new Delivery(emit)
    return withFallbacks([this, ...fallbacks], (model) => model.callOnce(call, delivery), delivery)
  }

  /** Calls this model with its retries, without fallbacks. */
  private async callOnce(
    { request, options, spend }: CallRequest,
    delivery: Delivery,
  ): Promise<ModelReply> {
    const { route: found, ...resolved } = this.resolve()
    const usual = request.params ? this.settingsWith(request.params, found) : resolved.settings
    const traced = options.trace ? withTrace(usual, options.trace, found) : usual
    const settings = spend ? withSpendFields(traced, spend, found) : traced
    const { timeoutMs } = settings
    const deadline =
      timeoutMs === undefined ? undefined : new RunSignal(options.signal, timeoutMs / 1000)
    const { signal } = deadline ?? options
    let over = false
    try {
      const info = await this.knownInfo()
      const { body } = settings
      const route = callRoute(found, { hasTools: request.tools.length > 0, body }, info)
      const wire = loadedWires[route.wire] ?? (await loadWire(route.wire))
      const cached = this.cached(request, route, info)
      const ready = adapted(cached, settings, route, info)
      for (const message of ready.notices) await delivery.emit({ type: 'notice', message })
      const stream = settings.stream && options.stream !== false
      const call: WireCall = { ...ready, route, info, stream, signal }
      const limitInfo =
        options.budget && (info?.prices ? info : ((await this.servedInfo()) ?? info))
      const retries = { maxRetries: settings.maxRetries, signal }
      const attempt = () =>
        options.budget
          ? withinBudget(call, wire, options.budget, limitInfo, delivery.emit)
          : wire(call, delivery.emit)
      const reply = await withRetries(attempt, retries, delivery)
      over = true
      return reply
    } catch (thrown) {
      const { spent } = asAgentError(thrown)
      if (deadline?.timedOut)
        throw withSpending(timeoutError(found, timeoutMs as number, delivery.text), spent)
      throw options.signal.aborted ? withSpending(cancelledError(), spent) : thrown
    } finally {
      deadline?.release({ abort: !over })
    }
  }

  /**
   * Returns what is known about the model before a call. Behind a proxy, that is only what
   * `clientArgs` say.
   */
  private async knownInfo(): Promise<ModelInfo | undefined> {
    const resolved = this.resolve()
    resolved.info ??= routeInfo(resolved.route, this.config.clientArgs)
    return resolved.info
  }

  /**
   * Returns what a LiteLLM Proxy reports about its model; `undefined` if the proxy does not answer.
   */
  private servedInfo(): Promise<ModelInfo | undefined> {
    const resolved = this.resolve()
    const { route } = resolved
    if (route.kind !== 'proxy') return Promise.resolve(undefined)
    resolved.served ??= import('./models/catalog.js')
      .then(({ servedModelInfo }) => servedModelInfo(route))
      .catch(() => {
        delete resolved.served
        return undefined
      })
    return resolved.served
  }

  private settingsWith(params: Readonly<JsonObject>, route: Route): CallSettings {
    return callSettings({ ...this.config, params: { ...this.config.params, ...params } }, route)
  }

  private cached(request: ModelRequest, route: Route, info: ModelInfo | undefined): ModelRequest {
    if (this.config.cache !== 'auto' || !takesCachePoints(route)) return request
    // Gemini caches by itself. A cache of one's own for each turn would cost more than it saves.
    if (route.wire === 'google-generate-content') return request
    if (info?.supports.caching === false) return request
    return withAutoCachePoints(request, info?.minCacheTokens ?? null)
  }

  private resolve(): Resolved {
    this.resolved ??= this.resolveConfig()
    return this.resolved
  }

  private resolveConfig(): Resolved {
    const route = resolveRoute(this.config, this.env)
    const settings = callSettings(this.config, route)
    const { fallbacks = [], params } = this.config
    if (fallbacks.length === 0) return { route, settings, fallbacks: [] }
    if (route.kind === 'proxy') {
      const names = fallbacks.map(proxyName)
      const body = { ...settings.body, fallbacks: names }
      return { route, settings: { ...settings, body }, fallbacks: [] }
    }
    const models = fallbacks.map((fallback) => {
      const config = typeof fallback === 'string' ? { modelId: fallback } : fallback
      return new LiteLLMModel({ ...(params && { params }), ...config }, { env: this.env })
    })
    return { route, settings, fallbacks: models }
  }
}

interface CallRequest {
  request: ModelRequest
  options: ModelCallOptions
  spend?: SpendMetadata
}

interface Resolved {
  route: Route
  settings: CallSettings
  fallbacks: LiteLLMModel[]
  info?: Promise<ModelInfo | undefined>
  served?: Promise<ModelInfo | undefined>
}

/** Returns the name of a fallback on the proxy. */
function proxyName(fallback: string | LiteLLMModelConfig): string {
  const id = typeof fallback === 'string' ? fallback : fallback.modelId
  return id.startsWith(proxyPrefix) ? id.slice(proxyPrefix.length) : id
}

const wires: Record<Route['wire'], () => Promise<Wire>> = {
  'openai-chat': async () => (await import('./wires/openai-chat/call.js')).chatCall,
  'openai-responses': async () => (await import('./wires/openai-responses/call.js')).responsesCall,
  'anthropic-messages': async () =>
    (await import('./wires/anthropic-messages/call.js')).messagesCall,
  'bedrock-converse': async () => (await import('./wires/bedrock-converse/call.js')).bedrockCall,
  'google-generate-content': async () =>
    (await import('./wires/google-generate-content/call.js')).googleCall,
}

/** Caches loaded wires, because even a repeated import adds module loader time to each call. */
const loadedWires: Partial<Record<Route['wire'], Wire>> = {}

async function loadWire(name: Route['wire']): Promise<Wire> {
  const wire = wellFormedWire(withAcceptedForm(await wires[name]()))
  loadedWires[name] = wire
  return wire
}
