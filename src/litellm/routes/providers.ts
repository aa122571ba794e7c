import type { ToolIdForm } from '../wires/sent-ids.js'
import type { SchemaFormName } from '../wires/tool-schemas/forms.js'

/**
 * Describes an OpenAI-compatible provider that is called directly. It has the base URL, LiteLLM's
 * environment variable names and the differences from OpenAI. The first variable that is set is
 * used. The values are from LiteLLM 1.102.4.
 */
export interface ProviderEntry {
  /** The default base URL; `null` if there is none and the caller must provide one. */
  readonly baseUrl: string | null
  readonly baseEnv: readonly string[]
  readonly keyEnv: readonly string[]
  /** Whether the provider accepts requests without a key. */
  readonly keyOptional?: boolean
  /** Whether `/v1` must be added to the address for the OpenAI wire. */
  readonly addV1?: boolean
  /** The part of the Responses API path that is not in the base URL. */
  readonly responsesPath?: string
  /** Whether the provider returns no encrypted reasoning. */
  readonly noEncryptedReasoning?: boolean
  /** A header that contains the key in addition to `authorization`. */
  readonly keyHeader?: string
  /** Whether message content must be a string if possible. */
  readonly stringContent?: boolean
  /** Whether the provider passes `cache_control` to the model. */
  readonly cacheControl?: boolean
  /** Whether the provider refuses `stream_options` and reports the usage of streams without it. */
  readonly noStreamOptions?: boolean
  /** Matches models that use `max_completion_tokens` instead of `max_tokens`. */
  readonly modernMaxTokens?: RegExp
  /** Whether the provider supports only `max_tokens`. */
  readonly legacyMaxTokens?: boolean
  /**
   * Whether the provider parses the tool arguments of the history, which must then be a JSON
   * object.
   */
  readonly objectArguments?: boolean
  /**
   * Whether unsigned reasoning goes back in conversations with tool calls. `required`: the provider
   * refuses a message of the model without it. `never`: the provider refuses the field. By default
   * it goes back to the model and the host that returned it.
   */
  readonly replayReasoning?: 'required' | 'never'
  /** Whether the provider returns and accepts reasoning as parts of the content. */
  readonly thinkingParts?: boolean
  /** The form of the ids of tool calls that the provider accepts. */
  readonly toolIds?: ToolIdForm
  /** Whether the provider refuses a user's message after the results of tools. */
  readonly assistantAfterTools?: boolean
  /** Whether the provider refuses adjacent messages of one role. */
  readonly alternatingRoles?: boolean
  /** Whether the provider refuses tool calls in the history of a request without tools. */
  readonly withdrawnTools?: boolean
  /** Whether the provider refuses a message without `content`. */
  readonly contentRequired?: boolean
  /** Whether the provider refuses a forced tool while the model thinks. */
  readonly noForcedToolWhileThinking?: boolean
  /** Whether the provider switches thinking on and off by `thinking.type`, without a budget. */
  readonly thinkingSwitch?: boolean
  /** The form of tool schemas that the provider accepts, if it is not the wire's usual one. */
  readonly toolSchemas?: SchemaFormName
  /** Matches models that refuse `stop`. */
  readonly noStop?: RegExp
  /** Matches models that refuse system messages. The prompt is sent as a user message. */
  readonly noSystemRole?: RegExp
  /**
   * The form in which signed thoughts are returned; `undefined` if they are not sent to this
   * provider.
   */
  readonly signedThoughts?: 'litellm' | 'google'
}

// These providers have two names in LiteLLM.

const ollama: ProviderEntry = {
  baseUrl: 'http://localhost:11434/v1',
  baseEnv: ['OLLAMA_API_BASE'],
  keyEnv: ['OLLAMA_API_KEY'],
  keyOptional: true,
  addV1: true,
  objectArguments: true,
  toolSchemas: 'inlined',
  alternatingRoles: true,
}

const ownServer: ProviderEntry = {
  baseUrl: null,
  baseEnv: ['OPENAI_LIKE_API_BASE'],
  keyEnv: ['OPENAI_LIKE_API_KEY'],
  keyOptional: true,
}

const cohere: ProviderEntry = {
  baseUrl: 'https://api.cohere.ai/compatibility/v1',
  baseEnv: ['COHERE_API_BASE'],
  keyEnv: ['COHERE_API_KEY', 'CO_API_KEY'],
  toolSchemas: 'plain',
  replayReasoning: 'never',
}

const ai21: ProviderEntry = {
  baseUrl: 'https://api.ai21.com/studio/v1',
  baseEnv: ['AI21_API_BASE'],
  keyEnv: ['AI21_API_KEY'],
  replayReasoning: 'never',
}

export const providers: Readonly<Record<string, ProviderEntry>> = {
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    baseEnv: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
    keyEnv: ['OPENAI_API_KEY'],
    modernMaxTokens: /^(o\d|gpt-[5-9])/,
    noStop: /^(o3|o4|gpt-[5-9])/,
    noSystemRole: /^o1-(mini|preview)/,
  },
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    baseEnv: ['OPENROUTER_API_BASE'],
    keyEnv: ['OPENROUTER_API_KEY', 'OR_API_KEY'],
    cacheControl: true,
  },
  groq: {
    baseUrl: 'https://api.groq.com/openai/v1',
    baseEnv: ['GROQ_API_BASE'],
    keyEnv: ['GROQ_API_KEY'],
    stringContent: true,
    replayReasoning: 'never',
  },
  deepseek: {
    baseUrl: 'https://api.deepseek.com/beta',
    baseEnv: ['DEEPSEEK_API_BASE'],
    keyEnv: ['DEEPSEEK_API_KEY'],
    replayReasoning: 'required',
    noForcedToolWhileThinking: true,
    thinkingSwitch: true,
    stringContent: true,
  },
  mistral: {
    baseUrl: 'https://api.mistral.ai/v1',
    baseEnv: ['MISTRAL_AZURE_API_BASE'],
    keyEnv: ['MISTRAL_AZURE_API_KEY', 'MISTRAL_API_KEY'],
    noStreamOptions: true,
    replayReasoning: 'never',
    thinkingParts: true,
    toolIds: 'nine',
    assistantAfterTools: true,
  },
  codestral: {
    baseUrl: 'https://codestral.mistral.ai/v1',
    baseEnv: ['CODESTRAL_API_BASE'],
    keyEnv: ['CODESTRAL_API_KEY'],
    noStreamOptions: true,
    replayReasoning: 'never',
    thinkingParts: true,
    toolIds: 'nine',
    assistantAfterTools: true,
  },
  together_ai: {
    baseUrl: 'https://api.together.ai/v1',
    baseEnv: ['TOGETHER_AI_API_BASE'],
    keyEnv: ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_TOKEN'],
  },
  fireworks_ai: {
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    baseEnv: ['FIREWORKS_API_BASE'],
    keyEnv: [
      'FIREWORKS_API_KEY',
      'FIREWORKS_AI_API_KEY',
      'FIREWORKSAI_API_KEY',
      'FIREWORKS_AI_TOKEN',
    ],
    toolSchemas: 'plain',
  },
  xai: {
    baseUrl: 'https://api.x.ai/v1',
    baseEnv: ['XAI_API_BASE'],
    keyEnv: ['XAI_API_KEY'],
    noStop: /grok-(3-mini|4|code-fast)/,
  },
  cerebras: {
    baseUrl: 'https://api.cerebras.ai/v1',
    baseEnv: ['CEREBRAS_API_BASE'],
    keyEnv: ['CEREBRAS_API_KEY'],
    stringContent: true,
    replayReasoning: 'never',
  },
  perplexity: {
    baseUrl: 'https://api.perplexity.ai',
    baseEnv: ['PERPLEXITY_API_BASE'],
    keyEnv: ['PERPLEXITYAI_API_KEY', 'PERPLEXITY_API_KEY'],
    responsesPath: '/v1',
    noEncryptedReasoning: true,
    replayReasoning: 'never',
  },
  sambanova: {
    baseUrl: 'https://api.sambanova.ai/v1',
    baseEnv: ['SAMBANOVA_API_BASE'],
    keyEnv: ['SAMBANOVA_API_KEY'],
    stringContent: true,
    replayReasoning: 'never',
  },
  nvidia_nim: {
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    baseEnv: ['NVIDIA_NIM_API_BASE'],
    keyEnv: ['NVIDIA_NIM_API_KEY'],
  },
  deepinfra: {
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    baseEnv: ['DEEPINFRA_API_BASE'],
    keyEnv: ['DEEPINFRA_API_KEY'],
  },
  moonshot: {
    baseUrl: 'https://api.moonshot.ai/v1',
    baseEnv: ['MOONSHOT_API_BASE'],
    keyEnv: ['MOONSHOT_API_KEY'],
    replayReasoning: 'required',
    stringContent: true,
    toolSchemas: 'plain',
  },
  zai: {
    baseUrl: 'https://api.z.ai/api/paas/v4',
    baseEnv: ['ZAI_API_BASE'],
    keyEnv: ['ZAI_API_KEY'],
  },
  dashscope: {
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    baseEnv: ['DASHSCOPE_API_BASE'],
    keyEnv: ['DASHSCOPE_API_KEY'],
  },
  nebius: {
    baseUrl: 'https://api.studio.nebius.ai/v1',
    baseEnv: ['NEBIUS_API_BASE'],
    keyEnv: ['NEBIUS_API_KEY'],
  },
  novita: {
    baseUrl: 'https://api.novita.ai/v3/openai',
    baseEnv: ['NOVITA_API_BASE'],
    keyEnv: ['NOVITA_API_KEY'],
  },
  hyperbolic: {
    baseUrl: 'https://api.hyperbolic.xyz/v1',
    baseEnv: ['HYPERBOLIC_API_BASE'],
    keyEnv: ['HYPERBOLIC_API_KEY'],
  },
  meta_llama: {
    baseUrl: 'https://api.llama.com/compat/v1',
    baseEnv: ['LLAMA_API_BASE'],
    keyEnv: ['LLAMA_API_KEY'],
  },
  github: {
    baseUrl: 'https://models.inference.ai.azure.com',
    baseEnv: ['GITHUB_API_BASE'],
    keyEnv: ['GITHUB_API_KEY'],
    replayReasoning: 'never',
  },
  vercel_ai_gateway: {
    baseUrl: 'https://ai-gateway.vercel.sh/v1',
    baseEnv: ['VERCEL_AI_GATEWAY_API_BASE'],
    keyEnv: ['VERCEL_AI_GATEWAY_API_KEY', 'VERCEL_OIDC_TOKEN'],
  },
  volcengine: {
    baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
    baseEnv: ['VOLCENGINE_API_BASE'],
    keyEnv: ['VOLCENGINE_API_KEY'],
  },
  baseten: {
    baseUrl: 'https://inference.baseten.co/v1',
    baseEnv: ['BASETEN_API_BASE'],
    keyEnv: ['BASETEN_API_KEY'],
  },
  wandb: {
    baseUrl: 'https://api.inference.wandb.ai/v1',
    baseEnv: ['WANDB_API_BASE'],
    keyEnv: ['WANDB_API_KEY'],
  },
  friendliai: {
    baseUrl: 'https://api.friendli.ai/serverless/v1',
    baseEnv: ['FRIENDLI_API_BASE'],
    keyEnv: ['FRIENDLIAI_API_KEY', 'FRIENDLI_TOKEN'],
  },
  featherless_ai: {
    baseUrl: 'https://api.featherless.ai/v1',
    baseEnv: ['FEATHERLESS_AI_API_BASE', 'FEATHERLESS_API_BASE'],
    keyEnv: ['FEATHERLESS_AI_API_KEY', 'FEATHERLESS_API_KEY'],
  },
  lambda_ai: {
    baseUrl: 'https://api.lambda.ai/v1',
    baseEnv: ['LAMBDA_API_BASE'],
    keyEnv: ['LAMBDA_API_KEY'],
  },
  nscale: {
    baseUrl: 'https://inference.api.nscale.com/v1',
    baseEnv: ['NSCALE_API_BASE'],
    keyEnv: ['NSCALE_API_KEY'],
  },
  v0: { baseUrl: 'https://api.v0.dev/v1', baseEnv: ['V0_API_BASE'], keyEnv: ['V0_API_KEY'] },
  morph: {
    baseUrl: 'https://api.morphllm.com/v1',
    baseEnv: ['MORPH_API_BASE'],
    keyEnv: ['MORPH_API_KEY'],
  },
  inception: {
    baseUrl: 'https://api.inceptionlabs.ai/v1',
    baseEnv: ['INCEPTION_API_BASE'],
    keyEnv: ['INCEPTION_API_KEY'],
  },
  aiml: {
    baseUrl: 'https://api.aimlapi.com/v1',
    baseEnv: ['AIML_API_BASE'],
    keyEnv: ['AIML_API_KEY'],
  },
  modelscope: {
    baseUrl: 'https://api-inference.modelscope.cn/v1',
    baseEnv: ['MODELSCOPE_API_BASE'],
    keyEnv: ['MODELSCOPE_API_KEY'],
  },
  gemini: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    baseEnv: ['GEMINI_API_BASE'],
    keyEnv: ['GOOGLE_API_KEY', 'GEMINI_API_KEY', 'PALM_API_KEY'],
    signedThoughts: 'google',
    toolSchemas: 'google',
    replayReasoning: 'never',
  },
  ollama,
  ollama_chat: ollama,
  lm_studio: {
    baseUrl: 'http://localhost:1234/v1',
    baseEnv: ['LM_STUDIO_API_BASE'],
    keyEnv: ['LM_STUDIO_API_KEY'],
    keyOptional: true,
    objectArguments: true,
    toolSchemas: 'inlined',
    alternatingRoles: true,
  },
  hosted_vllm: {
    baseUrl: null,
    baseEnv: ['HOSTED_VLLM_API_BASE'],
    keyEnv: ['HOSTED_VLLM_API_KEY'],
    keyOptional: true,
    objectArguments: true,
    alternatingRoles: true,
  },
  llamafile: {
    baseUrl: 'http://127.0.0.1:8080/v1',
    baseEnv: ['LLAMAFILE_API_BASE'],
    keyEnv: ['LLAMAFILE_API_KEY'],
    keyOptional: true,
    objectArguments: true,
    toolSchemas: 'inlined',
    alternatingRoles: true,
  },
  docker_model_runner: {
    baseUrl: 'http://localhost:22088/engines/llama.cpp',
    baseEnv: ['DOCKER_MODEL_RUNNER_API_BASE'],
    keyEnv: ['DOCKER_MODEL_RUNNER_API_KEY'],
    keyOptional: true,
    objectArguments: true,
    toolSchemas: 'inlined',
    stringContent: true,
    alternatingRoles: true,
  },
  lemonade: {
    baseUrl: 'http://localhost:8000/api/v1',
    baseEnv: ['LEMONADE_API_BASE'],
    keyEnv: ['LEMONADE_API_KEY'],
    keyOptional: true,
    objectArguments: true,
    toolSchemas: 'inlined',
    alternatingRoles: true,
  },
  custom_openai: ownServer,
  openai_like: ownServer,
  publicai: {
    baseUrl: 'https://api.publicai.co/v1',
    baseEnv: ['PUBLICAI_API_BASE'],
    keyEnv: ['PUBLICAI_API_KEY'],
    legacyMaxTokens: true,
    stringContent: true,
  },
  helicone: {
    baseUrl: 'https://ai-gateway.helicone.ai',
    baseEnv: [],
    keyEnv: ['HELICONE_API_KEY'],
  },
  veniceai: { baseUrl: 'https://api.venice.ai/api/v1', baseEnv: [], keyEnv: ['VENICE_AI_API_KEY'] },
  xiaomi_mimo: {
    baseUrl: 'https://api.xiaomimimo.com/v1',
    baseEnv: [],
    keyEnv: ['XIAOMI_MIMO_API_KEY'],
    legacyMaxTokens: true,
    replayReasoning: 'required',
  },
  scaleway: { baseUrl: 'https://api.scaleway.ai/v1', baseEnv: [], keyEnv: ['SCW_SECRET_KEY'] },
  synthetic: {
    baseUrl: 'https://api.synthetic.new/openai/v1',
    baseEnv: [],
    keyEnv: ['SYNTHETIC_API_KEY'],
    legacyMaxTokens: true,
  },
  apertis: {
    baseUrl: 'https://api.stima.tech/v1',
    baseEnv: [],
    keyEnv: ['STIMA_API_KEY'],
    legacyMaxTokens: true,
  },
  'nano-gpt': {
    baseUrl: 'https://nano-gpt.com/api/v1',
    baseEnv: [],
    keyEnv: ['NANOGPT_API_KEY'],
    legacyMaxTokens: true,
  },
  poe: {
    baseUrl: 'https://api.poe.com/v1',
    baseEnv: [],
    keyEnv: ['POE_API_KEY'],
    legacyMaxTokens: true,
  },
  chutes: {
    baseUrl: 'https://llm.chutes.ai/v1',
    baseEnv: [],
    keyEnv: ['CHUTES_API_KEY'],
    legacyMaxTokens: true,
  },
  abliteration: {
    baseUrl: 'https://api.abliteration.ai/v1',
    baseEnv: [],
    keyEnv: ['ABLITERATION_API_KEY'],
  },
  llamagate: {
    baseUrl: 'https://api.llamagate.dev/v1',
    baseEnv: [],
    keyEnv: ['LLAMAGATE_API_KEY'],
    legacyMaxTokens: true,
  },
  gmi: { baseUrl: 'https://api.gmi-serving.com/v1', baseEnv: [], keyEnv: ['GMI_API_KEY'] },
  sarvam: {
    baseUrl: 'https://api.sarvam.ai/v1',
    baseEnv: [],
    keyEnv: ['SARVAM_API_KEY'],
    legacyMaxTokens: true,
    keyHeader: 'api-subscription-key',
  },
  assemblyai: {
    baseUrl: 'https://llm-gateway.assemblyai.com/v1',
    baseEnv: [],
    keyEnv: ['ASSEMBLYAI_API_KEY'],
  },
  charity_engine: {
    baseUrl: 'https://api.charityengine.services/remotejobs/v2/inference',
    baseEnv: [],
    keyEnv: ['CHARITY_ENGINE_API_KEY'],
    legacyMaxTokens: true,
  },
  aihubmix: {
    baseUrl: 'https://aihubmix.com/v1',
    baseEnv: ['AIHUBMIX_API_BASE'],
    keyEnv: ['AIHUBMIX_API_KEY'],
  },
  crusoe: {
    baseUrl: 'https://managed-inference-api-proxy.crusoecloud.com/v1',
    baseEnv: ['CRUSOE_API_BASE'],
    keyEnv: ['CRUSOE_API_KEY'],
    legacyMaxTokens: true,
  },
  darkbloom: {
    baseUrl: 'https://api.darkbloom.dev/v1',
    baseEnv: ['DARKBLOOM_API_BASE'],
    keyEnv: ['DARKBLOOM_API_KEY'],
    legacyMaxTokens: true,
  },
  neosantara: {
    baseUrl: 'https://api.neosantara.xyz/v1',
    baseEnv: ['NEOSANTARA_API_BASE'],
    keyEnv: ['NEOSANTARA_API_KEY'],
    legacyMaxTokens: true,
  },
  tensormesh: {
    baseUrl: 'https://serverless.tensormesh.ai/v1',
    baseEnv: ['TENSORMESH_SERVERLESS_BASE_URL'],
    keyEnv: ['TENSORMESH_INFERENCE_API_KEY'],
    legacyMaxTokens: true,
  },
  parasail: {
    baseUrl: 'https://api.parasail.io/v1',
    baseEnv: ['PARASAIL_API_BASE'],
    keyEnv: ['PARASAIL_API_KEY'],
  },
  libertai: {
    baseUrl: 'https://api.libertai.io/v1',
    baseEnv: ['LIBERTAI_API_BASE'],
    keyEnv: ['LIBERTAI_API_KEY'],
    legacyMaxTokens: true,
  },
  empiriolabs: {
    baseUrl: 'https://api.empiriolabs.ai/v1',
    baseEnv: ['EMPIRIOLABS_API_BASE'],
    keyEnv: ['EMPIRIOLABS_API_KEY'],
    legacyMaxTokens: true,
  },
  meta: { baseUrl: 'https://api.meta.ai/v1', baseEnv: ['META_API_BASE'], keyEnv: ['META_API_KEY'] },
  cognition: {
    baseUrl: 'https://api.cognition.ai/v1',
    baseEnv: ['COGNITION_API_BASE'],
    keyEnv: ['COGNITION_API_KEY'],
  },
  pinstripes: {
    baseUrl: 'https://pinstripes.io/v1',
    baseEnv: ['PINSTRIPES_API_BASE'],
    keyEnv: ['PINSTRIPES_API_KEY'],
    legacyMaxTokens: true,
  },
  'scx-ai': {
    baseUrl: 'https://api.scx.ai/v1',
    baseEnv: ['SCX_API_BASE'],
    keyEnv: ['SCX_API_KEY'],
    legacyMaxTokens: true,
  },
  cohere,
  cohere_chat: cohere,
  huggingface: {
    baseUrl: 'https://router.huggingface.co/v1',
    baseEnv: ['HF_API_BASE', 'HUGGINGFACE_API_BASE'],
    keyEnv: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
  },
  cloudflare: {
    baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1',
    baseEnv: ['CLOUDFLARE_API_BASE'],
    keyEnv: ['CLOUDFLARE_API_KEY'],
  },
  databricks: { baseUrl: null, baseEnv: ['DATABRICKS_API_BASE'], keyEnv: ['DATABRICKS_API_KEY'] },
  ai21,
  ai21_chat: ai21,
  qwencloud: {
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    baseEnv: ['QWENCLOUD_API_BASE'],
    keyEnv: ['QWENCLOUD_API_KEY', 'DASHSCOPE_API_KEY'],
  },
  qwen_ai_platform: {
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    baseEnv: ['QWEN_AI_PLATFORM_API_BASE'],
    keyEnv: ['QWEN_AI_PLATFORM_API_KEY', 'DASHSCOPE_API_KEY'],
  },
  tencent: {
    baseUrl: 'https://tokenhub-intl.tencentcloudmaas.com/v1',
    baseEnv: ['TENCENT_API_BASE'],
    keyEnv: ['TENCENT_API_KEY'],
  },
  minimax: {
    baseUrl: 'https://api.minimax.io/v1',
    baseEnv: ['MINIMAX_API_BASE'],
    keyEnv: ['MINIMAX_API_KEY'],
    addV1: true,
  },
  amazon_nova: {
    baseUrl: 'https://api.nova.amazon.com/v1',
    baseEnv: ['AMAZON_NOVA_API_BASE'],
    keyEnv: ['AMAZON_NOVA_API_KEY'],
  },
  ovhcloud: {
    baseUrl: 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
    baseEnv: ['OVHCLOUD_API_BASE'],
    keyEnv: ['OVHCLOUD_API_KEY'],
  },
  cometapi: {
    baseUrl: 'https://api.cometapi.com/v1',
    baseEnv: ['COMETAPI_API_BASE'],
    keyEnv: ['COMETAPI_KEY'],
    addV1: true,
  },
  compactifai: {
    baseUrl: 'https://api.compactif.ai/v1',
    baseEnv: [],
    keyEnv: ['COMPACTIFAI_API_KEY'],
  },
  empower: {
    baseUrl: 'https://app.empower.dev/api/v1',
    baseEnv: ['EMPOWER_API_BASE'],
    keyEnv: ['EMPOWER_API_KEY'],
  },
  gradient_ai: {
    baseUrl: 'https://inference.do-ai.run/v1',
    baseEnv: [],
    keyEnv: ['GRADIENT_AI_API_KEY'],
  },
  heroku: {
    baseUrl: null,
    baseEnv: ['HEROKU_API_BASE'],
    keyEnv: ['HEROKU_API_KEY'],
    addV1: true,
    stringContent: true,
  },
  galadriel: {
    baseUrl: 'https://api.galadriel.com/v1',
    baseEnv: ['GALADRIEL_API_BASE'],
    keyEnv: ['GALADRIEL_API_KEY'],
  },
}
