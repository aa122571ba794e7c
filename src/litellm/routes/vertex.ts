import { configurationError } from '../../agent/errors.js'
import { isJsonObject, parseJsonObject } from '../../util/json.js'
import { checkUrl, type Environment, findText, keyArg, type RouteArgs, textArg } from './args.js'
import { googleTraits, isGemini3 } from './gemini.js'
import type { FoundRoute, Route } from './types.js'

const projectVariables = ['VERTEXAI_PROJECT', 'VERTEX_PROJECT', 'GOOGLE_CLOUD_PROJECT']
const locationVariables = ['VERTEXAI_LOCATION', 'VERTEX_LOCATION', 'GOOGLE_CLOUD_LOCATION']
const credentialVariables = ['VERTEXAI_CREDENTIALS', 'VERTEX_CREDENTIALS']
const baseVariables = ['VERTEXAI_API_BASE', 'VERTEX_API_BASE']

/** Matches the makers whose models Vertex offers over OpenAI chat completions. */
const openaiMakers =
  /^(meta|deepseek-ai|qwen|openai|minimaxai|moonshotai|zai-org|xai|google\/gemma)|llama/

/**
 * Returns the route of a model on Vertex AI: Claude over the Messages API, Gemini over Google's own
 * wire, and the models of other makers over OpenAI chat completions, in Vertex's form of each. Pure.
 * Throws `configuration` if the project is missing.
 */
export function vertexRoute(model: string, args: RouteArgs, env: Environment): FoundRoute {
  const place = placeOf(model, args, env)
  const common = {
    kind: 'direct',
    provider: 'vertex_ai',
    id: `vertex_ai/${model}`,
    baseSource: place.baseSource,
    ...access(args, env),
  } satisfies Partial<Route>
  const root = `${place.origin}/${place.version}/projects/${place.project}/locations/${place.location}`
  if (model.startsWith('claude'))
    return {
      ...common,
      wire: 'anthropic-messages',
      model,
      baseUrl: `${root}/publishers/anthropic/models/${model}`,
      rawPredict: true,
      traits: {},
    }
  const maker = rawMaker(model)
  if (maker) {
    const name = model.replace(/^mistralai\//, '')
    const [unversioned = name] = name.split('@', 1)
    return {
      ...common,
      wire: 'openai-chat',
      // Mistral's version is in the URL only.
      model: maker === 'mistralai' ? unversioned : name,
      baseUrl: `${root}/publishers/${maker}/models/${name}`,
      rawPredict: true,
      traits: maker === 'mistralai' ? { toolIds: 'nine' } : {},
    }
  }
  if (openaiMakers.test(model))
    return {
      ...common,
      wire: 'openai-chat',
      model,
      baseUrl: `${root}/endpoints/openapi`,
      traits: {},
    }
  return {
    ...common,
    wire: 'google-generate-content',
    model: model.replace(/^gemini\//, ''),
    baseUrl: root,
    traits: googleTraits,
  }
}

function rawMaker(model: string): 'mistralai' | 'ai21' | undefined {
  if (/^(mistral|codestral)/.test(model)) return 'mistralai'
  return model.startsWith('jamba') ? 'ai21' : undefined
}

function placeOf(model: string, { apiBase, all }: RouteArgs, env: Environment) {
  const usual = isGemini3(model) ? 'global' : 'us-central1'
  const given = argument(all, 'vertex_location', locationVariables, env)
  const location = pathPart('vertex_location', given ?? usual)
  const project = argument(all, 'vertex_project', projectVariables, env) ?? projectIn(all, env)
  if (project === undefined)
    throw configurationError(
      `vertex_ai/${model} needs a Google Cloud project, and none is given.`,
      `Set VERTEXAI_PROJECT or clientArgs.vertex_project.${model.startsWith('gemini-') ? ` For Google's own API with a key, write gemini/${model}.` : ''}`,
    )
  const base = findText({ name: 'api_base', value: apiBase }, baseVariables, env)
  const url = base && checkUrl(base.value).replace(/\/(v1|v1beta1)$/, '')
  return {
    project: pathPart('vertex_project', project),
    location,
    version: model.startsWith('jamba') ? 'v1beta1' : 'v1',
    origin: url ?? hostOf(location),
    baseSource: base?.source ?? 'default',
  }
}

/** Returns the address of a region, of a group of regions such as `eu`, or of the global endpoint. */
function hostOf(location: string): string {
  if (location === 'global') return 'https://aiplatform.googleapis.com'
  return location.includes('-')
    ? `https://${location}-aiplatform.googleapis.com`
    : `https://aiplatform.${location}.rep.googleapis.com`
}

function access(
  { all }: RouteArgs,
  env: Environment,
): Pick<Route, 'apiKey' | 'keySource' | 'auth' | 'googleCredentials'> {
  const token = keyArg(all, 'api_key')
  if (token !== undefined)
    return {
      apiKey: token,
      keySource: 'clientArgs.api_key',
      // These are the forms of Google's API keys. Other texts are access tokens.
      auth: /^(AIza|AQ\.)/.test(token) ? 'x-goog-api-key' : 'bearer',
    }
  const credentials = credentialsIn(all, env)
  return {
    apiKey: undefined,
    keySource: credentials?.source ?? defaultSource(env),
    googleCredentials: credentials?.value ?? 'default',
  }
}

/** Returns the variable that names Google's default credentials; `null` if none does. */
function defaultSource({ GOOGLE_APPLICATION_CREDENTIALS: file }: Environment): string | null {
  return file ? 'GOOGLE_APPLICATION_CREDENTIALS' : null
}

function credentialsIn(all: RouteArgs['all'], env: Environment) {
  const { vertex_credentials: given } = all
  const value = isJsonObject(given) ? JSON.stringify(given) : textArg(all, 'vertex_credentials')
  return findText({ name: 'vertex_credentials', value }, credentialVariables, env)
}

/** Returns the project that credentials given as text belong to. */
function projectIn(all: RouteArgs['all'], env: Environment): string | undefined {
  const project = parseJsonObject(credentialsIn(all, env)?.value ?? '')?.project_id
  return typeof project === 'string' ? project : undefined
}

function argument(
  all: RouteArgs['all'],
  name: string,
  variables: readonly string[],
  env: Environment,
): string | undefined {
  return findText({ name, value: textArg(all, name) }, variables, env)?.value
}

/** Returns a text that becomes part of a host name or path. Others could lead to another host. */
function pathPart(name: string, text: string): string {
  if (/^[\w.:-]+$/.test(text) && !text.includes('..')) return text
  throw configurationError(
    `clientArgs.${name} has characters that it cannot have.`,
    `Give ${name} as Google Cloud shows it.`,
  )
}
