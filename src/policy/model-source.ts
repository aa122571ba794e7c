import type { ListedModel } from '../agent/listed-model.js'
import type { Config } from '../config/resolve.js'

/** What the rules about callers decide by. */
export interface PolicySource {
  readonly config: Config
  readonly models: ModelSource
}

/** Models by id, with the operator's connection settings already in. */
export interface ModelSource {
  /** Where an id leads, without a call. Fails with an AgentError. */
  route(modelId: string): RouteFacts
  /** Lists the models that the configuration names, and those that the proxy serves. */
  list(): Promise<readonly ListedModel[]>
  /** Lists the models of providers for which the operator gave a key or a base URL, current ones first. */
  available(): Promise<readonly ListedModel[]>
}

export interface RouteFacts {
  readonly kind: 'proxy' | 'direct' | 'offline'
  /** The one spelling of a route, `provider/model`. */
  readonly id: string
  /** `null`: the operator gave no key. */
  readonly keySource: string | null
  /** `default`: the operator gave no address. */
  readonly baseSource: string
}
