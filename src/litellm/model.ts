import type { JsonObject } from '../agent/content.js'
import { cancelledError, configurationError } from '../agent/errors.js'
import { checkKeys } from '../agent/known-keys.js'
import type { Model, ModelCallOptions, ModelEvent, ModelRequest } from '../agent/model.js'
import { RunSignal } from '../agent/run-signal.js'
import { timeoutError } from './errors.js'
import { withRetries } from './retry.js'
import { type ClientArgs, type Environment, type Route, resolveRoute } from './route.js'
import { type CallSettings, callSettings } from './settings.js'

/** As Strands' `LiteLLMModel` takes it; `clientArgs` and `params` keep LiteLLM's own names. */
export interface LiteLLMModelConfig {
  /** LiteLLM's model id: `openai/gpt-4o-mini`, `litellm_proxy/<name>`, … */
  modelId: string
  /** `api_key`, `api_base`, `use_litellm_proxy`, `timeout` (s), `num_retries`, `extra_headers`, …; anything else goes into the request body. */
  clientArgs?: ClientArgs
  /** Goes into the request body as it is: `max_tokens`, `temperature`, … */
  params?: Readonly<JsonObject>
  /** `false` for an endpoint that cannot stream. Default: true. */
  stream?: boolean
}

const configKeys = ['modelId', 'clientArgs', 'params', 'stream'] as const

/** A model behind LiteLLM's names: through a LiteLLM Proxy, or straight at a provider. */
export class LiteLLMModel implements Model {
  private config: LiteLLMModelConfig
  private readonly env: Environment
  private resolved: { route: Route; settings: CallSettings } | undefined

  /** Fails with a `configuration` AgentError on an unknown key or a wrong value. */
  constructor(config: LiteLLMModelConfig, { env = process.env }: { env?: Environment } = {}) {
    this.config = checkConfig(config)
    this.env = env
  }

  get modelId(): string {
    return this.config.modelId
  }

  /** Where calls go, without making one. Fails as a call would: `configuration`, `modelNotFound`. */
  get route(): Route {
    return this.resolve().route
  }

  getConfig(): Readonly<LiteLLMModelConfig> {
    return this.config
  }

  /** Changes part of the configuration; later calls go by it. */
  updateConfig(change: Partial<LiteLLMModelConfig>): void {
    this.config = checkConfig({ ...this.config, ...change })
    this.resolved = undefined
  }

  async *stream(request: ModelRequest, options: ModelCallOptions): AsyncGenerator<ModelEvent> {
    const { route, settings } = this.resolve()
    const { chatCall } = await import('./wires/openai-chat/call.js')
    const deadline = new RunSignal(options.signal, settings.timeoutMs / 1000)
    const { signal } = deadline
    const stream = settings.stream && options.stream !== false
    let text = ''
    try {
      const attempt = () => chatCall({ request, route, settings, stream, signal })
      for await (const event of withRetries(attempt, { maxRetries: settings.maxRetries, signal })) {
        if (event.type === 'textDelta') text += event.text
        yield event
      }
      if (signal.aborted) throw cancelledError()
    } catch (thrown) {
      if (deadline.timedOut) throw timeoutError(route, settings.timeoutMs, text)
      throw options.signal.aborted ? cancelledError() : thrown
    } finally {
      deadline.release()
    }
  }

  private resolve(): { route: Route; settings: CallSettings } {
    if (!this.resolved) {
      const route = resolveRoute(this.config, this.env)
      this.resolved = { route, settings: callSettings(this.config, route) }
    }
    return this.resolved
  }
}

function checkConfig(config: LiteLLMModelConfig): LiteLLMModelConfig {
  checkKeys(config, configKeys, 'LiteLLMModel')
  if (typeof config.modelId !== 'string' || config.modelId.trim() === '')
    throw configurationError(
      'LiteLLMModel needs a modelId.',
      'Give it as text, such as openai/gpt-4o-mini or litellm_proxy/<name>.',
    )
  return config
}
