import { markdownTable } from './generated.js'

interface Variable {
  /** The description, in Markdown. */
  meaning: string
  /** True if the value must not be shown. */
  secret?: boolean
  choices?: string[]
  format?: 'filepath'
  placeholder?: string
  /** True if only a server over HTTP uses it. */
  http?: boolean
}

/** Lists the variables that the server itself reads. Routes and telemetry have separate tables. */
export const variables: Readonly<Record<string, Variable>> = {
  LITELLM_AGENTS_MODEL_ID: {
    meaning: 'the model of calls that name none',
    placeholder: 'litellm_proxy/claude-sonnet',
  },
  LITELLM_AGENTS_CONFIG: { meaning: 'path of the configuration file', format: 'filepath' },
  LITELLM_AGENTS_AUTH_TOKEN: {
    meaning: 'the bearer token of the HTTP server',
    secret: true,
    http: true,
  },
  LITELLM_AGENTS_LOG_LEVEL: {
    meaning: '`trace` … `fatal`, `silent`; logs go to stderr and hold no prompts',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  },
  LITELLM_AGENTS_SESSIONS_DIR: {
    meaning: 'a folder to keep conversations in; without it they end with the server',
    format: 'filepath',
  },
  LITELLM_AGENTS_RUNS_ENGINE: {
    meaning: '`inProcess`, or `dbos` for runs on PostgreSQL',
    choices: ['inProcess', 'dbos'],
  },
  LITELLM_MODEL_COST_MAP_URL: {
    meaning:
      'where `models --update` fetches prices; the repository of LiteLLM on GitHub by default',
    placeholder: 'https://example.com/model_prices.json',
  },
  LITELLM_LOCAL_MODEL_COST_MAP: {
    meaning: '`true`: only the prices of the package are used',
    choices: ['true', 'false'],
  },
  DATABASE_URL: {
    meaning: 'the PostgreSQL that runs are kept on; over HTTP it is enough to turn that on',
    secret: true,
  },
  LITELLM_PROXY_API_BASE: {
    meaning: 'the LiteLLM Proxy, such as `http://127.0.0.1:4000`',
    placeholder: 'http://127.0.0.1:4000',
  },
  LITELLM_PROXY_API_KEY: { meaning: 'the key of the LiteLLM Proxy', secret: true },
  USE_LITELLM_PROXY: {
    meaning: '`true`: every model id goes to the LiteLLM Proxy',
    choices: ['true', 'false'],
  },
}

/** Returns the README's table of environment variables. */
export function variablesText(): string {
  const rows = Object.entries(variables).map(([name, { meaning }]) => [`\`${name}\``, meaning])
  return markdownTable([['variable', 'meaning'], ...rows])
}
