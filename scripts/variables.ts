// Writes the table of environment variables into the README: npx tsx scripts/variables.ts
import { isProgram, markdownTable, writeGenerated } from './generated.js'

/** The variables that the server reads itself. Routes and telemetry have tables of their own. */
export const variables: Readonly<Record<string, string>> = {
  LITELLM_AGENTS_MODEL_ID: 'the model of calls that name none',
  LITELLM_AGENTS_CONFIG: 'path of the configuration file',
  LITELLM_AGENTS_AUTH_TOKEN: 'the bearer token of the HTTP server',
  LITELLM_AGENTS_LOG_LEVEL: '`trace` … `fatal`, `silent`; logs go to stderr and hold no prompts',
  LITELLM_AGENTS_SESSIONS_DIR:
    'a folder to keep conversations in; without it they end with the server',
  LITELLM_AGENTS_RUNS_ENGINE: '`inProcess`, or `dbos` for runs on PostgreSQL',
  DATABASE_URL: 'that PostgreSQL; over HTTP it is enough to turn it on',
  LITELLM_PROXY_API_BASE: 'the LiteLLM Proxy, such as `http://127.0.0.1:4000`',
  LITELLM_PROXY_API_KEY: 'its key',
  USE_LITELLM_PROXY: '`true`: every model id goes to that proxy',
}

export function variablesText(): string {
  const rows = Object.entries(variables).map(([name, meaning]) => [`\`${name}\``, meaning])
  return markdownTable([['variable', 'meaning'], ...rows])
}

if (isProgram(import.meta.url)) await writeGenerated('README.md', 'variables', variablesText())
