import type { Model } from '../agent/model.js'
import type { Config } from '../config/resolve.js'
import type { ModelSource } from '../policy/model-source.js'

import type { RunSpec } from '../runs/spec.js'

/** What a spec says of its model, and whose calls they are. */
export type ModelSpec = Pick<
  RunSpec,
  'modelId' | 'params' | 'fallbacks' | 'cache' | 'principal' | 'agent' | 'tool' | 'sessionId'
>

/** A configuration, and its models. */
export interface PartsSource {
  readonly config: Config
  readonly models: ModelSource & { create(spec: ModelSpec): Model }
}
