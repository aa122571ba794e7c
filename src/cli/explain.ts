import type { AgentError } from '../agent/errors.js'
import { clientArgsFor } from '../app/models.js'
import { loadConfig } from '../config/load.js'
import { explainFoundRoute, type RouteExplanation } from '../litellm/explain.js'
import { modelDataText, statusText } from './model-data.js'

/**
 * Prints the route of a model id without a call. Throws if there is no route, and, after printing it, if
 * the key is missing.
 */
export async function explain(
  modelId: string,
  { json, ...from }: { config?: string; json: boolean },
): Promise<void> {
  const config = await loadConfig(from)
  const { params } = config.defaults
  const clientArgs = clientArgsFor(modelId, config, process.env)
  const { route, missingKey } = await explainFoundRoute(
    { modelId, clientArgs, params },
    process.env,
  )
  process.stdout.write(json ? `${JSON.stringify(route, null, 2)}\n` : text(route, missingKey))
  if (missingKey) throw missingKey
}

function text(route: RouteExplanation, missingKey: AgentError | undefined): string {
  return lines(route, missingKey)
    .map(([name, value]) => `${name.padEnd(12)} ${value}\n`)
    .join('')
}

function lines(route: RouteExplanation, missingKey: AgentError | undefined): [string, string][] {
  const { url, urlSource, dropped, modelData, withTools } = route
  return [
    ['model id', route.modelId],
    ['goes to', goesTo(route)],
    ['wire', route.wire],
    ['url', url === null ? 'inside the process' : `${url} (${urlSource})`],
    ...(withTools
      ? [['with tools', `${withTools.wire}, ${withTools.url}`] satisfies [string, string]]
      : []),
    ['model sent', route.model],
    ['key', route.keySource ?? (missingKey ? `none: ${withinSentence(missingKey.hint)}` : 'none')],
    ['cache points', route.cachePoints ? 'sent' : 'not sent: this endpoint does not support them'],
    ...(modelData
      ? ([
          ['model', statusText(modelData)],
          ['model data', modelDataText(modelData)],
        ] satisfies [string, string][])
      : []),
    ...dropped.map(({ param, why }): [string, string] => ['not sent', `${param}: ${why}`]),
  ]
}

function withinSentence(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** Returns the destination of a route in a few words. */
export function goesTo({ kind, provider }: Pick<RouteExplanation, 'kind' | 'provider'>): string {
  return kind === 'proxy' ? 'a LiteLLM Proxy' : `${provider}${kind === 'direct' ? ', direct' : ''}`
}
