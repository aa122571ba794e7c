const name = 'litellm-agents'
const server = { command: 'npx', args: ['-y', 'litellm-agents-mcp'] }
/**
 * The server without settings, for a first try: these clients' links cannot prompt for the
 * variables that a server needs.
 */
const first = { ...server, env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' } }

/** The values that VS Code asks for once and stores. An empty value counts as not set. */
const inputs = [
  { id: 'model', description: 'Model, such as litellm_proxy/<name>', default: 'offline/demo' },
  { id: 'proxy-address', description: 'LiteLLM Proxy: address (or nothing)' },
  { id: 'proxy-key', description: 'LiteLLM Proxy: key (or nothing)', password: true },
]
const asking = {
  name,
  type: 'stdio',
  ...server,
  env: {
    LITELLM_AGENTS_MODEL_ID: `\${input:model}`,
    LITELLM_PROXY_API_BASE: `\${input:proxy-address}`,
    LITELLM_PROXY_API_KEY: `\${input:proxy-key}`,
  },
  inputs: inputs.map((input) => ({ type: 'promptString', ...input })),
}

/**
 * Returns the links over https, because GitHub removes the clients' own URL schemes from a page.
 */
function links(): Record<string, string> {
  const forVsCode = `vscode:mcp/install?${encodeURIComponent(JSON.stringify(asking))}`
  const config = encodeURIComponent(Buffer.from(JSON.stringify(first)).toString('base64'))
  return {
    'VS Code': `https://insiders.vscode.dev/redirect?url=${encodeURIComponent(forVsCode)}`,
    Cursor: `https://cursor.com/en/install-mcp?name=${name}&config=${config}`,
    'LM Studio': `https://lmstudio.ai/install-mcp?name=${name}&config=${config}`,
  }
}

/** Returns the README's one-click install links. */
export function linksText(): string {
  return Object.entries(links())
    .map(([client, link]) => `[Install in ${client}](${link})`)
    .join(' · ')
}
