import { configurationError } from '../../agent/errors.js'
import {
  checkUrl,
  type Environment,
  findKey,
  findText,
  missingKey,
  type RouteArgs,
  textArg,
} from './args.js'
import type { FoundRoute, Traits } from './types.js'

const keyVariables = ['SNOWFLAKE_JWT']
const accountVariable = 'SNOWFLAKE_ACCOUNT_ID'
/** The LiteLLM prefix of a programmatic access token. Any other key is a JWT. */
const tokenPrefix = 'pat/'

const traits: Traits = { modernMaxTokens: /./, noStreamOptions: true }

/**
 * Returns the route of a Snowflake Cortex model. It uses Anthropic's wire for Claude and OpenAI's
 * wire for other models.
 */
export function snowflakeRoute(model: string, args: RouteArgs, env: Environment): FoundRoute {
  const claude = /claude/i.test(model)
  const { url, source } = addressOf(args, env)
  const key = findKey({ name: 'api_key', value: args.apiKey }, keyVariables, env)
  const isToken = key?.value.startsWith(tokenPrefix) ?? false
  return {
    wire: claude ? 'anthropic-messages' : 'openai-chat',
    kind: 'direct',
    provider: 'snowflake',
    model,
    id: `snowflake/${model}`,
    baseUrl: `${url}/cortex${claude ? '' : '/v1'}`,
    baseSource: source,
    apiKey: isToken ? key?.value.slice(tokenPrefix.length) : key?.value,
    keySource: key?.source ?? null,
    ...(!key && { missingKey: missingKey(`snowflake/${model}`, keyVariables) }),
    auth: 'bearer',
    headers: {
      'x-snowflake-authorization-token-type': isToken ? 'PROGRAMMATIC_ACCESS_TOKEN' : 'KEYPAIR_JWT',
    },
    traits,
  }
}

function addressOf(args: RouteArgs, env: Environment): { url: string; source: string } {
  if (args.apiBase !== undefined) {
    const base = checkUrl(args.apiBase)
    const url = base.endsWith('/api/v2') ? base : `${base}/api/v2`
    return { url, source: 'clientArgs.api_base' }
  }
  const account = findText(
    { name: 'account_id', value: textArg(args.all, 'account_id') },
    [accountVariable],
    env,
  )
  if (account && /^[\w-]+$/.test(account.value))
    return {
      url: `https://${account.value}.snowflakecomputing.com/api/v2`,
      source: account.source,
    }
  throw configurationError(
    account
      ? `The account id in ${account.source} has a character that no account id has.`
      : 'snowflake/ needs the id of your account, and none is given.',
    `Set ${accountVariable} or clientArgs.account_id to it, such as myorg-account123.`,
  )
}
