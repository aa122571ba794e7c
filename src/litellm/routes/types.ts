import type { AgentError } from '../../agent/errors.js'

import type { Verify } from '../../util/network/trust.js'
import type { ProviderEntry } from './providers.js'

/** Describes the destination of a model id, with everything that is known before a call. */
export interface Route {
  readonly wire:
    | 'openai-chat'
    | 'openai-responses'
    | 'anthropic-messages'
    | 'bedrock-converse'
    | 'google-generate-content'
  readonly kind: 'proxy' | 'direct' | 'offline'
  /** The LiteLLM name of the provider: `litellm_proxy`, `openai`, `groq`, … */
  readonly provider: string
  /** The model name that is sent. */
  readonly model: string
  /**
   * The canonical id of this route, in the form `provider/model`, regardless of the caller's
   * spelling.
   */
  readonly id: string
  /**
   * The base URL without a trailing slash. It is empty if the vendor's package or the first call
   * determines it.
   */
  readonly baseUrl: string
  /**
   * The source of the base URL: `clientArgs.api_base`, an environment variable's name, or
   * `default`.
   */
  readonly baseSource: string
  readonly apiKey: string | undefined
  /**
   * The source of the key: `clientArgs.api_key` or an environment variable's name; `null` if there
   * is no key.
   */
  readonly keySource: string | null
  readonly traits: Traits
  /** The header form of the key. The default is `bearer`. */
  readonly auth?: 'bearer' | 'x-api-key' | 'api-key' | 'x-goog-api-key'
  readonly query?: Readonly<Record<string, string>>
  /** Headers that the provider requires on every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly aws?: AwsAccess
  /**
   * Google credentials that the access token of each call is obtained with: the text or the path of
   * a credentials file, or `default` for Google's application default credentials.
   */
  readonly googleCredentials?: string
  /** Whether the base URL names the model on Vertex AI, and the method of a call is its suffix. */
  readonly rawPredict?: boolean
  /** The address of the provider's Responses API; `undefined` if it has none. */
  readonly responses?: Place
  /** The certificates to trust; `undefined` if the environment determines them. */
  readonly verify?: Verify
}

export type Place = Pick<Route, 'baseUrl' | 'query'>

/** Describes a route whose key may be missing. */
export interface FoundRoute extends Route {
  /** The error that a call throws if its key is missing. */
  readonly missingKey?: AgentError
}

/** Describes how an OpenAI-format endpoint differs from OpenAI's own. */
export type Traits = Omit<
  ProviderEntry,
  'baseUrl' | 'baseEnv' | 'keyEnv' | 'keyOptional' | 'addV1' | 'responsesPath'
>

/**
 * Holds the AWS settings of LiteLLM's arguments and variables. AWS's own credential chain provides
 * the rest.
 */
export interface AwsAccess {
  readonly region: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly profile?: string
}
