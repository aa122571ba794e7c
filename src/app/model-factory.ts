import type { Model } from '../agent/model.js'
import type { Config } from '../config/resolve.js'
import type { ModelSource } from '../policy/model-source.js'

import type { RunSpec } from '../runs/spec.js'

/** Selects the model settings of a spec, and the caller that its calls are attributed to. */
export type ModelSpec = Pick<
  RunSpec,
  'modelId' | 'params' | 'fallbacks' | 'cache' | 'principal' | 'agent' | 'tool' | 'sessionId'
>

/** Holds a configuration and its models. */
export interface PartsSource {
  readonly config: Config
  readonly models: ModelSource & { create(spec: ModelSpec): Model }
}
