import { loadConfig } from '../config/load.js'
import { explainRoute, type RouteExplanation } from '../litellm/explain.js'
import { clientArgsFor } from '../model-source.js'

/** Prints where a model id leads and with what, without a call. Fails where it leads nowhere. */
export async function explain(
  modelId: string,
  { json, ...from }: { config?: string; json: boolean },
): Promise<void> {
  const config = await loadConfig(from)
  const { params } = config.defaults
  const clientArgs = clientArgsFor(modelId, config, process.env)
  const route = await explainRoute({ modelId, clientArgs, params }, process.env)
  process.stdout.write(json ? `${JSON.stringify(route, null, 2)}\n` : text(route))
}

function text(route: RouteExplanation): string {
  return lines(route)
    .map(([name, value]) => `${name.padEnd(12)} ${value}\n`)
    .join('')
}

function lines(route: RouteExplanation): [string, string][] {
  const { url, urlSource, dropped } = route
  return [
    ['model id', route.modelId],
    ['goes to', goesTo(route)],
    ['wire', route.wire],
    ['url', url === null ? 'inside the process' : `${url} (${urlSource})`],
    ['model sent', route.model],
    ['key', route.keySource ?? 'none'],
    ['cache points', route.cachePoints ? 'sent' : 'not sent: this endpoint does not know them'],
    ...dropped.map(({ param, why }): [string, string] => ['not sent', `${param}: ${why}`]),
  ]
}

/** In a few words. */
export function goesTo({ kind, provider }: Pick<RouteExplanation, 'kind' | 'provider'>): string {
  return kind === 'proxy' ? 'a LiteLLM Proxy' : `${provider}${kind === 'direct' ? ', direct' : ''}`
}
