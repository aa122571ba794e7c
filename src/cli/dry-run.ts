import type { ContentBlock, Message } from '../agent/messages/content.js'
import type { ModelRequest } from '../agent/model.js'
import type { App } from '../app/app.js'
import { runBuilder } from '../app/build-run.js'
import { clientArgsFor } from '../app/models.js'
import { agentToolPrefix } from '../config/tool-references.js'
import { type CallEstimate, estimateCall } from '../litellm/estimate.js'
import { findRoute } from '../litellm/routes/route.js'
import type { ModelSource, PolicySource } from '../policy/model-source.js'
import type { RunParts, RunSpec } from '../runs/spec.js'
import type { JsonObject } from '../util/json.js'
import { count, usd } from './numbers.js'

/** Returns the models of a server for a dry run, which needs no key: routes without one are accepted. */
export function dryRunModels({ config, models }: PolicySource): ModelSource {
  const route = (modelId: string) =>
    findRoute({ modelId, clientArgs: clientArgsFor(modelId, config, process.env) }, process.env)
  return { ...models, route }
}

/** Prints the route of a run and the most that it can cost. Calls no model, but asks MCP servers for their tools. */
export async function dryRun(
  spec: RunSpec,
  app: App,
  { json }: { json: boolean },
): Promise<number> {
  const { signal } = new AbortController()
  const parts = await runBuilder(app.live, app.tools)(spec, signal)
  const request = requestOf(spec, parts, await messagesBefore(spec, app, signal))
  const ids = [spec.modelId, ...(spec.fallbacks ?? [])]
  const estimates = await Promise.all(
    ids.map((modelId) => {
      const clientArgs = clientArgsFor(modelId, app.live.config, process.env)
      return estimateCall({ modelId, clientArgs, params: spec.params }, request, process.env)
    }),
  )
  const [first] = estimates as [CallEstimate]
  const { missingKey, route } = first
  const facts = {
    modelId: spec.modelId,
    route: route.id,
    goesTo: route.kind === 'proxy' ? 'a LiteLLM Proxy' : route.provider,
    keySource: route.keySource,
    ...(missingKey && { missingKey: missingKey.hint }),
    tools: parts.tools.map((tool) => tool.displayName ?? tool.spec.name),
    inputTokensEstimated: first.inputTokens,
    maxOutputTokens: first.maxOutputTokens,
    maxCostUsdFirstCall: most(estimates.map(({ maxCostUsd }) => maxCostUsd)),
    maxModelCalls: modelCalls(spec, parts),
    maxCostUsd: mostOfRun(spec, parts, estimates),
    limits: spec.limits,
    notices: parts.notices ?? [],
  }
  process.stdout.write(json ? `${JSON.stringify(facts, null, 2)}\n` : lines(facts))
  return 0
}

function requestOf(
  spec: RunSpec,
  { tools, prompt }: RunParts,
  before: readonly Message[],
): ModelRequest {
  const { systemPrompt = [], output } = spec
  const asked = prompt ?? spec.prompt
  const content: ContentBlock[] = typeof asked === 'string' ? [{ text: asked }] : asked
  const specs = tools.map((tool) => tool.spec)
  return {
    messages: [...before, { role: 'user', content }],
    system: typeof systemPrompt === 'string' ? [{ text: systemPrompt }] : systemPrompt,
    tools: output ? [...specs, outputTool(output.schema)] : specs,
  }
}

function outputTool(inputSchema: JsonObject) {
  return { name: 'output', description: 'The object that the run returns.', inputSchema }
}

async function messagesBefore(
  { agent, principal, sessionId }: RunSpec,
  { services }: App,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  if (sessionId === undefined) return []
  const session = await services.sessions.acquire({ principal, agent, sessionId }, signal)
  await session.release()
  return session.messages
}

function modelCalls({ limits, output }: RunSpec, { tools }: RunParts): number | null {
  return tools.length === 0 && !output ? 1 : (limits.maxCycles ?? null)
}

/** Returns the most that a run can cost. The results of tools may fill the context window of each later call. */
function mostOfRun(
  spec: RunSpec,
  parts: RunParts,
  estimates: readonly CallEstimate[],
): number | null {
  const calls = modelCalls(spec, parts)
  const below = spec.tools.some((name) => name.startsWith(agentToolPrefix) || name.includes('/'))
  const asides = spec.conversation?.type === 'summarizing'
  const first = most(estimates.map(({ maxCostUsd }) => maxCostUsd))
  const later = most(estimates.map(({ maxCostUsdOfAnyCall }) => maxCostUsdOfAnyCall))
  const whole =
    calls === 1
      ? first
      : calls === null || first === null || later === null || below || asides
        ? null
        : first + later * (calls - 1)
  const { maxCostUsd } = spec.limits
  if (maxCostUsd === undefined) return whole
  return whole === null ? maxCostUsd : Math.min(whole, maxCostUsd)
}

function most(costs: readonly (number | null)[]): number | null {
  return costs.reduce(
    (dearest, cost) => (dearest === null || cost === null ? null : Math.max(dearest, cost)),
    0,
  )
}

interface Facts {
  modelId: string
  route: string
  goesTo: string
  keySource: string | null
  missingKey?: string
  tools: readonly string[]
  inputTokensEstimated: number
  maxOutputTokens: number | null
  maxCostUsdFirstCall: number | null
  maxModelCalls: number | null
  maxCostUsd: number | null
  notices: readonly string[]
}

function lines(facts: Facts): string {
  const { goesTo, keySource, maxCostUsd, maxModelCalls, missingKey, notices, tools } = facts
  const calls = maxModelCalls === null ? 'any number of' : `at most ${maxModelCalls}`
  const rows: [string, string][] = [
    ['model', facts.modelId],
    ['goes to', `${goesTo} (${facts.route})`],
    ['key', keySource ?? (missingKey ? `missing. ${missingKey}` : 'none')],
    ['tools', tools.join(', ') || 'none'],
    [
      'input',
      `about ${count(facts.inputTokensEstimated)} tokens, estimated from the length of the text`,
    ],
    [
      'output',
      facts.maxOutputTokens === null
        ? 'no known limit'
        : `at most ${count(facts.maxOutputTokens)} tokens a call`,
    ],
    ['first call', atMost(facts.maxCostUsdFirstCall)],
    [
      'whole run',
      `${calls} model ${maxModelCalls === 1 ? 'call' : 'calls'}, ${atMost(maxCostUsd)}`,
    ],
    ...notices.map((notice): [string, string] => ['notice', notice]),
  ]
  if (maxCostUsd === null) rows.push(['', 'Set a limit with --max-cost USD.'])
  return rows.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join('')
}

function atMost(cost: number | null): string {
  return cost === null ? 'cost unknown' : `at most ${usd(cost, Math.ceil)}`
}
