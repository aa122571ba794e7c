import { AgentError } from '../agent/errors.js'
import { loadConfig } from '../config/load.js'
import { ConfigError } from '../config/problems.js'
import { explainRoute, type RouteExplanation } from '../litellm/explain.js'
import { clientArgsFor } from '../model-source.js'

/** Prints where a model id leads and with what, without a call. Exit code 1: it leads nowhere. */
export async function explain(command: { explain: string; config?: string }): Promise<void> {
  const { explain: modelId } = command
  try {
    const config = await loadConfig(command)
    const { params } = config.defaults
    const clientArgs = clientArgsFor(modelId, config, process.env)
    const route = await explainRoute({ modelId, clientArgs, params }, process.env)
    for (const [name, value] of lines(route)) console.log(`${name.padEnd(12)} ${value}`)
  } catch (error) {
    if (!(error instanceof AgentError || error instanceof ConfigError)) throw error
    const hint = error instanceof AgentError ? `\n${error.hint}` : ''
    console.error(`${error.message}${hint}`)
    process.exitCode = 1
  }
}

function lines(route: RouteExplanation): [string, string][] {
  const { kind, provider, url, urlSource, dropped } = route
  return [
    ['model id', route.modelId],
    [
      'goes to',
      kind === 'proxy' ? 'a LiteLLM Proxy' : `${provider}${kind === 'direct' ? ', direct' : ''}`,
    ],
    ['wire', route.wire],
    ['url', url === null ? 'inside the process' : `${url} (${urlSource})`],
    ['model sent', route.model],
    ['key', route.keySource ?? 'none'],
    ['cache points', route.cachePoints ? 'sent' : 'not sent: this endpoint does not know them'],
    ...dropped.map(({ param, why }): [string, string] => ['not sent', `${param}: ${why}`]),
  ]
}
