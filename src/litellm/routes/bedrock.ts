import {
  checkUrl,
  type Environment,
  findKey,
  findText,
  keyArg,
  missingKey,
  type RouteArgs,
  textArg,
} from './args.js'
import type { AwsAccess, FoundRoute, Route } from './types.js'

const usualRegion = 'us-west-2'
const regionVariables = ['AWS_REGION_NAME', 'AWS_REGION', 'AWS_DEFAULT_REGION']

/**
 * Returns the route of a model on Bedrock's Converse API. The LiteLLM forms
 * `bedrock/<region>/<model>` and the prefixes that name an API or a model family are also supported.
 */
export function bedrockRoute(id: string, args: RouteArgs, env: Environment): Route {
  const [, regionInId, model = id] =
    /^(?:(?:converse|converse_like|invoke|llama|deepseek_r1|nova|nova-2|openai|qwen2|qwen3|moonshot|twelvelabs|mantle)\/)?(?:([a-z]{2}(?:-gov)?-[a-z]+-\d)\/)?(.+)$/.exec(
      id,
    ) ?? []
  const endpoint = args.apiBase ?? textArg(args.all, 'aws_bedrock_runtime_endpoint')
  const base = findText(
    { name: 'api_base', value: endpoint },
    ['AWS_BEDROCK_RUNTIME_ENDPOINT'],
    env,
  )
  const key = findKey({ name: 'api_key', value: args.apiKey }, ['AWS_BEARER_TOKEN_BEDROCK'], env)
  return {
    wire: 'bedrock-converse',
    kind: 'direct',
    provider: 'bedrock',
    model,
    id: `bedrock/${model}`,
    baseUrl: base ? checkUrl(base.value) : '',
    baseSource: base?.source ?? 'default',
    apiKey: key?.value,
    keySource: key?.source ?? awsKeySource(args, env),
    traits: {},
    aws: awsAccess(args, env, regionInId ?? /^arn:aws[\w-]*:bedrock:([^:]+):/.exec(model)?.[1]),
  }
}

/**
 * Returns the route of a model on Bedrock's newer endpoint. It uses Anthropic's wire for Claude and
 * OpenAI's wire for other models.
 */
export function mantleRoute(model: string, args: RouteArgs, env: Environment): FoundRoute {
  const region = findText(
    { name: 'aws_region_name', value: textArg(args.all, 'aws_region_name') },
    ['BEDROCK_MANTLE_REGION', ...regionVariables],
    env,
  )
  const claude = /(^|\.)claude-|^anthropic\./.test(model)
  const host = `https://bedrock-mantle.${region?.value ?? 'us-east-1'}.api.aws`
  const base = findText({ name: 'api_base', value: args.apiBase }, ['BEDROCK_MANTLE_API_BASE'], env)
  const variables = ['BEDROCK_MANTLE_API_KEY', 'AWS_BEARER_TOKEN_BEDROCK']
  const key = findKey({ name: 'api_key', value: args.apiKey }, variables, env)
  const baseUrl = checkUrl(base?.value ?? `${host}/${claude ? 'anthropic' : 'v1'}`)
  return {
    wire: claude ? 'anthropic-messages' : 'openai-chat',
    kind: 'direct',
    provider: 'bedrock_mantle',
    model,
    id: `bedrock_mantle/${model}`,
    baseUrl,
    ...(!claude && { responses: { baseUrl } }),
    baseSource: base?.source ?? 'default',
    apiKey: key?.value,
    keySource: key?.source ?? null,
    ...(!key && { missingKey: missingKey(`bedrock_mantle/${model}`, variables) }),
    auth: claude ? 'x-api-key' : 'bearer',
    traits: {},
  }
}

function awsAccess(args: RouteArgs, env: Environment, regionInId: string | undefined): AwsAccess {
  const region = findText(
    { name: 'aws_region_name', value: textArg(args.all, 'aws_region_name') ?? regionInId },
    regionVariables,
    env,
  )
  const accessKeyId = keyArg(args.all, 'aws_access_key_id')
  const secretAccessKey = keyArg(args.all, 'aws_secret_access_key')
  const sessionToken = keyArg(args.all, 'aws_session_token')
  const profile = textArg(args.all, 'aws_profile_name')
  return {
    region: region?.value ?? usualRegion,
    ...(accessKeyId && { accessKeyId }),
    ...(secretAccessKey && { secretAccessKey }),
    ...(sessionToken && { sessionToken }),
    ...(profile && { profile }),
  }
}

/** Returns the argument or variable that configures the AWS login; `null` if none is visible. */
function awsKeySource(args: RouteArgs, env: Environment): string | null {
  for (const name of ['aws_access_key_id', 'aws_profile_name'])
    if (textArg(args.all, name) !== undefined) return `clientArgs.${name}`
  const variables = [
    'AWS_ACCESS_KEY_ID',
    'AWS_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ]
  return variables.find((name) => env[name]) ?? null
}
