import type { ContentBlock, JsonObject, MediaSource } from '../agent/content.js'
import { AgentError, configurationError, invalidRequest } from '../agent/errors.js'
import { defaultLimits, type Limits, limitNames } from '../agent/limits.js'
import type { Config } from '../config/resolve.js'
import { builtinToolNames, matchesGlob } from '../config/tool-references.js'
import type { ModelSource } from './services.js'

/** What a caller may say about how a model answers: sampling, length, stop, seed, reasoning, tool choice. */
const callerParams = new Set([
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'logit_bias',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'seed',
  'reasoning_effort',
  'thinking',
  'verbosity',
  'tool_choice',
  'parallel_tool_calls',
])

const maxTokensNames = ['max_tokens', 'max_completion_tokens']

/** The model of a call: the one it names, if the caller may, else the default. */
export function permittedModel(
  modelId: string | undefined,
  config: Config,
  models: ModelSource,
): string {
  const standard = config.defaults.modelId
  if (modelId === undefined) {
    if (standard !== undefined) return standard
    throw configurationError(
      'No model is named, and the server has no default model.',
      'Pass modelId, or set LITELLM_AGENTS_MODEL_ID (or defaults.modelId in the configuration file) for the server.',
    )
  }
  if (mayUseModel(modelId, config, models)) return modelId
  throw permission(
    `The model ${modelId} is not open to callers of this server.`,
    config.allow.modelIds
      ? `Name one that matches ${config.allow.modelIds.join(', ')}, or leave modelId out.`
      : 'Name a model whose key or address the server has, or leave modelId out; list_models shows some.',
  )
}

/** Judged by where an id leads, not by how it is spelt. Fails where it leads nowhere. */
export function mayUseModel(modelId: string, config: Config, models: ModelSource): boolean {
  const { allow, defaults } = config
  if (modelId === defaults.modelId) return true
  const route = models.route(modelId)
  if (allow.modelIds) return allow.modelIds.some((glob) => matchesGlob(glob, route.id))
  const provided = route.keySource !== null || route.baseSource !== 'default'
  return provided || route.kind === 'offline'
}

/** The operator's params with the caller's over them. */
export function permittedParams(params: JsonObject | undefined, config: Config): JsonObject {
  const given = params ?? {}
  for (const name of Object.keys(given)) {
    if (callerParams.has(name) || config.allow.params.includes(name)) continue
    throw permission(
      `The parameter ${JSON.stringify(name)} is not open to callers of this server.`,
      `Leave it out, or ask the operator to list it in allow.params. Open are ${[...callerParams, ...config.allow.params].join(', ')}.`,
    )
  }
  const standard = { ...config.defaults.params }
  // Two names for one thing: providers refuse both together.
  if (maxTokensNames.some((name) => name in given))
    for (const name of maxTokensNames) delete standard[name]
  return { ...standard, ...given }
}

/** The tools a caller names; none where it names none. */
export function permittedTools(names: readonly string[] | undefined, { allow }: Config): string[] {
  if (!names) return []
  const open = [...new Set([...builtinToolNames, ...allow.tools])]
  return [...new Set(names)].map((name) => {
    if (open.includes(name)) return name
    throw permission(
      `There is no tool ${JSON.stringify(name)} that a caller may give to an agent.`,
      `Name some of ${open.join(', ')}, or leave tools out.`,
    )
  })
}

/** No profile can be named yet. */
export function checkAgent(agent: string | undefined): void {
  if (agent === undefined) return
  throw invalidRequest(
    `There is no agent ${JSON.stringify(agent)}: this server has no agent profiles.`,
    'Leave agent out, and say what it is to be in systemPrompt.',
  )
}

/** Whoever fetches a URL, the server or a provider, does so with a trust the caller does not have. */
export function checkUrls(prompt: string | readonly ContentBlock[], { allow }: Config): void {
  if (typeof prompt === 'string') return
  prompt.forEach((block, index) => {
    const source = mediaSource(block)
    if (!source || !('url' in source)) return
    const { protocol, host, hostname } = new URL(source.url)
    const known = allow.urlHosts.includes(host) || allow.urlHosts.includes(hostname)
    if (/^https?:$/.test(protocol) && known) return
    throw permission(
      `prompt[${index}] points to ${hostname || protocol}, which is not open to callers of this server.`,
      'Send the content itself as base64 in bytes, or ask the operator to list the host in allow.urlHosts.',
    )
  })
}

function mediaSource(block: ContentBlock): MediaSource | undefined {
  if ('image' in block) return block.image.source
  return 'document' in block ? block.document.source : undefined
}

/** Defaults, the operator's, then the caller's, never above what the operator lets a run cost. */
export function permittedLimits(limits: Limits, { allow, defaults }: Config): Limits {
  const wanted: Limits = { ...defaultLimits, ...defaults.limits, ...limits }
  for (const name of limitNames) {
    const cap = allow.limits[name]
    if (cap !== undefined) wanted[name] = Math.min(wanted[name] ?? cap, cap)
  }
  return wanted
}

function permission(message: string, hint: string): AgentError {
  return new AgentError({ code: 'permission', message, hint })
}
