const name = 'litellm-agents'
const server = { command: 'npx', args: ['-y', 'litellm-agents-mcp'] }
/** For a first look: the clients of these links have no form for what a server needs. */
const first = { ...server, env: { LITELLM_AGENTS_MODEL_ID: 'offline/demo' } }

/** VS Code asks for these once, and keeps them. What is left empty is as if it were not there. */
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

/** Over https, since GitHub takes the clients' own schemes out of a page. */
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
