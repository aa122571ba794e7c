import type { AgentError } from '../../agent/errors.js'

import type { Verify } from '../../util/network/trust.js'
import type { ProviderEntry } from './providers.js'

/** Where a model id goes: everything that is decided before a call, and nothing that is guessed. */
export interface Route {
  readonly wire: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'bedrock-converse'
  readonly kind: 'proxy' | 'direct' | 'offline'
  /** LiteLLM's provider name: `litellm_proxy`, `openai`, `groq`, … */
  readonly provider: string
  /** The model name that is sent. */
  readonly model: string
  /** `provider/model`: the one spelling of this route, whatever the caller wrote. */
  readonly id: string
  /** Without a trailing slash; empty where the vendor's package or the first call finds it. */
  readonly baseUrl: string
  /** `clientArgs.api_base`, an environment variable's name, or `default`. */
  readonly baseSource: string
  readonly apiKey: string | undefined
  /** `clientArgs.api_key` or an environment variable's name; `null`: no key. */
  readonly keySource: string | null
  readonly traits: Traits
  /** How the key is carried; `bearer` where it is not said. */
  readonly auth?: 'bearer' | 'x-api-key' | 'api-key'
  readonly query?: Readonly<Record<string, string>>
  /** Headers that the provider requires on every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly aws?: AwsAccess
  /** Where the provider's Responses API is; `undefined` if it has none. */
  readonly responses?: Place
  /** Which certificates are trusted; `undefined` if the environment decides. */
  readonly verify?: Verify
}

export type Place = Pick<Route, 'baseUrl' | 'query'>

/** A route as it is found, which may lack the key it needs. */
export interface FoundRoute extends Route {
  /** What a call fails with for want of a key. */
  readonly missingKey?: AgentError
}

/** How an OpenAI-format endpoint differs from OpenAI's own. */
export type Traits = Omit<
  ProviderEntry,
  'baseUrl' | 'baseEnv' | 'keyEnv' | 'keyOptional' | 'addV1' | 'responsesPath'
>

/** What LiteLLM's arguments and variables say of AWS; what they leave out is AWS's own chain's. */
export interface AwsAccess {
  readonly region: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly profile?: string
}
