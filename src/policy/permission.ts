import { AgentError, configurationError, invalidRequest } from '../agent/errors.js'
import { defaultLimits, type Limits, smallestLimits } from '../agent/limits.js'
import type { ContentBlock, SystemContentBlock } from '../agent/messages/content.js'
import { urlOf } from '../agent/messages/media.js'
import type { AgentProfile } from '../config/profiles.js'
import type { Config } from '../config/resolve.js'
import { builtinToolNames, canonicalToolName, toolReference } from '../config/tool-references.js'
import { permittedUrl } from '../media/url-rule.js'
import { cutText } from '../util/cut-text.js'
import { matchesGlob } from '../util/glob.js'
import type { JsonObject } from '../util/json.js'
import { nearest } from '../util/nearest-name.js'
import { allows } from './allowance.js'
import type { ModelSource } from './model-source.js'

/** Parameters that a caller may set: sampling, length, stop, seed, reasoning and tool choice. */
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

/** Names of the output limit. The last one is that of Bedrock Converse. */
const maxTokensNames = ['max_tokens', 'max_completion_tokens', 'maxTokens']

/** Returns the named profile; `undefined` if no name is given. Fails if there is no such profile. */
export function knownProfile(
  name: string | undefined,
  { agents }: Config,
): AgentProfile | undefined {
  if (name === undefined) return undefined
  const profile = agents.get(name)
  if (profile) return profile
  const names = [...agents.keys()]
  const near = nearest(name, names)
  throw invalidRequest(
    `There is no agent ${JSON.stringify(name)}${near ? `; did you mean ${JSON.stringify(near)}?` : '.'}`,
    names.length > 0
      ? `Name one of ${names.join(', ')}, or leave \`agent\` out.`
      : 'No agents are configured. Leave `agent` out, and describe the role in `systemPrompt`.',
  )
}

/** Fails if the caller may only use certain agents and names none of them. */
export function requireProfile(profile: AgentProfile | undefined, { agents, allow }: Config): void {
  if (profile || allows(allow.caller.agents, '')) return
  throw permission(
    'You may only use the agents of this server.',
    agents.size > 0
      ? `Name one in agent: ${[...agents.keys()].join(', ')}.`
      : 'Ask the operator for one: none is open to you.',
  )
}

/** Returns the model that a call names, if allowed, or that of the profile, or the default. */
export function permittedModel(
  modelId: string | undefined,
  profile: AgentProfile | undefined,
  config: Config,
  models: ModelSource,
): string {
  const standard = profile?.modelId ?? config.defaults.modelId
  const wanted = modelId ?? standard
  if (wanted === undefined)
    throw configurationError(
      'The call names no model, and there is no default model.',
      'Pass `modelId`, or set LITELLM_AGENTS_MODEL_ID (or defaults.modelId in the configuration file).',
    )
  const { caller, modelIds } = config.allow
  if (!callerMayUse(wanted, config, models))
    throw permission(
      `The model ${wanted} is not open to you.`,
      `Pass a \`modelId\` that matches ${caller.modelIds?.join(', ')}.`,
    )
  if (wanted === standard || mayUseModel(wanted, config, models)) return wanted
  throw permission(
    `The model ${wanted} is not open to callers of this server.`,
    modelIds
      ? `Pass a \`modelId\` that matches ${modelIds.join(', ')}, or leave \`modelId\` out.`
      : 'Pass a model whose key or base URL the server has, or leave `modelId` out. `list_models` shows some.',
  )
}

/** Returns the fallbacks of the operator that the caller may use. */
export function openFallbacks(modelIds: string[], config: Config, models: ModelSource): string[] {
  return modelIds.filter((modelId) => callerMayUse(modelId, config, models))
}

/** Returns whether a caller may use a model. The route decides, not the spelling of the id. */
export function mayUseModel(modelId: string, config: Config, models: ModelSource): boolean {
  const { allow, defaults } = config
  if (!callerMayUse(modelId, config, models)) return false
  if (modelId === defaults.modelId) return true
  const route = models.route(modelId)
  if (allow.modelIds) return allow.modelIds.some((glob) => matchesGlob(glob, route.id))
  const provided = route.keySource !== null || route.baseSource !== 'default'
  return provided || route.kind === 'offline'
}

/** The caller's own model list applies even to models that the operator configured. */
function callerMayUse(modelId: string, { allow }: Config, models: ModelSource): boolean {
  const { modelIds } = allow.caller
  return modelIds === undefined || allows(modelIds, models.route(modelId).id)
}

/** Returns the parameters of a call: those of the caller override the profile's and the operator's. */
export function permittedParams(
  params: JsonObject | undefined,
  profile: AgentProfile | undefined,
  config: Config,
): JsonObject {
  const given = params ?? {}
  for (const name of Object.keys(given)) {
    if (callerParams.has(name) || config.allow.params.includes(name)) continue
    throw permission(
      `The parameter ${JSON.stringify(cutText(name, 100))} is not open to callers of this server.`,
      `Leave it out, or ask the operator to list it in allow.params. Open are ${[...callerParams, ...config.allow.params].join(', ')}.`,
    )
  }
  const lengths = maxTokensNames.filter((name) => name in given)
  if (lengths.length > 1)
    throw invalidRequest(
      `The parameters ${lengths.join(' and ')} both say how long an answer may be.`,
      `Give one of them, such as ${lengths[0]}.`,
    )
  const [length] = lengths
  // Some providers read a negative output limit as no limit.
  if (length !== undefined && given[length] !== null && !(Number(given[length]) >= 1))
    throw invalidRequest(
      `params.${length} must be a number of at least 1.`,
      'Correct it, or leave it out.',
    )
  return mergeParams(mergeParams(config.defaults.params, profile?.params ?? {}), given)
}

function mergeParams(params: JsonObject, given: JsonObject): JsonObject {
  const rest = { ...params }
  // Providers refuse several names of the output limit together.
  if (maxTokensNames.some((name) => name in given))
    for (const name of maxTokensNames) delete rest[name]
  return { ...rest, ...given }
}

/** Returns the system prompt. A caller may replace that of a profile only if it is overridable. */
export function permittedSystemPrompt(
  systemPrompt: string | SystemContentBlock[] | undefined,
  profile: AgentProfile | undefined,
): string | SystemContentBlock[] | undefined {
  if (systemPrompt === undefined) return profile?.systemPrompt
  if (!profile || profile.overridable) return systemPrompt
  throw permission(
    `The system prompt of the agent ${profile.name} is not open to callers of this server.`,
    'Leave `systemPrompt` out and put the text into the prompt, leave `agent` out, or ask the operator to set overridable: true.',
  )
}

/** Returns the tools of the profile, or those that the caller names among the allowed ones. */
export function permittedTools(
  names: readonly string[] | undefined,
  profile: AgentProfile | undefined,
  config: Config,
): string[] {
  const { agents, allow } = config
  const canonical = (name: string) => canonicalToolName(name, agents)
  if (!names) return (profile?.tools ?? []).map(canonical)
  const open = profile ? [...new Set(profile.tools.map(canonical))] : nameableTools(config)
  // A caller knows only its own agents; the agents that a profile uses come with it.
  const mayName = (tool: string) =>
    allows(allow.caller.tools, tool) &&
    (profile !== undefined || toolReference(tool, agents).kind !== 'unknown')
  const found = names.map((name) => {
    // Models know server/tool as server__tool.
    const spellings = [canonical(name), name.replace('__', '/')]
    const permitted = spellings.find((one) => open.some((glob) => matchesGlob(glob, one)))
    if (permitted !== undefined && mayName(permitted)) return permitted
    throw permission(
      profile
        ? `The agent ${profile.name} has no tool ${JSON.stringify(name)}.`
        : `There is no tool ${JSON.stringify(name)} that a caller may give to an agent.`,
      open.length > 0
        ? `Name some of ${open.join(', ')}, or leave \`tools\` out.`
        : 'Leave `tools` out.',
    )
  })
  return [...new Set(found)]
}

/** Returns the tools, names or globs, that a caller may name without a profile. */
export function nameableTools({ agents, allow }: Config): string[] {
  const names = [...builtinToolNames, ...allow.tools].map((name) => canonicalToolName(name, agents))
  // The name of an agent that the caller may not use is unknown, and stays hidden from the caller.
  const shown = names.filter(
    (name) => name.includes('*') || toolReference(name, agents).kind !== 'unknown',
  )
  return [...new Set(shown)]
}

/** This server fetches what a URL points to, with a trust the caller does not have. */
export function checkUrls(prompt: string | readonly ContentBlock[], { allow }: Config): void {
  if (typeof prompt === 'string') return
  prompt.forEach((block, index) => {
    const url = urlOf(block)
    if (url !== undefined) permittedUrl(url, allow.urlHosts, `prompt[${index}]`)
  })
}

/** Returns the smallest limits of the caller, the profile and the operator, or the defaults. */
export function permittedLimits(
  limits: Limits | undefined,
  profile: AgentProfile | undefined,
  { allow, defaults }: Config,
): Limits {
  const named = smallestLimits(limits, profile?.limits)
  return smallestLimits({ ...defaultLimits, ...defaults.limits, ...named }, allow.limits)
}

function permission(message: string, hint: string): AgentError {
  return new AgentError({ code: 'permission', message, hint })
}
