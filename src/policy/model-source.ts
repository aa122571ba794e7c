import type { ListedModel } from '../agent/listed-model.js'
import type { Config } from '../config/resolve.js'

/** What the rules about callers need to decide. */
export interface PolicySource {
  readonly config: Config
  readonly models: ModelSource
}

/** Models by id, with the connection settings of the operator. */
export interface ModelSource {
  /** Resolves an id to its route without a call. Fails with an AgentError. */
  route(modelId: string): RouteFacts
  /** Lists the models that the configuration names, and those that the proxy serves. */
  list(): Promise<readonly ListedModel[]>
  /** Lists the models of providers for which the operator gave a key or a base URL, current ones first. */
  available(): Promise<readonly ListedModel[]>
}

export interface RouteFacts {
  readonly kind: 'proxy' | 'direct' | 'offline'
  /** The canonical id of the route, `provider/model`. */
  readonly id: string
  /** `null` if the operator gave no key. */
  readonly keySource: string | null
  /** `default` if the operator gave no base URL. */
  readonly baseSource: string
}
