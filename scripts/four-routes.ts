import { startFakeProvider } from '../test/helpers/fake-provider/index.js'
import { fourRoutes, type RouteOutcome, runOnRoute } from '../test/helpers/four-routes.js'
import { startLiteLLMProxy } from '../test/helpers/litellm-proxy.js'
import { markdownTable } from './generated.js'

const number = new Intl.NumberFormat('en-US')

/**
 * Runs one agent on the four routes to one Claude, against the fake provider and a real LiteLLM
 * Proxy. Returns the results as a table for docs/caching.md.
 */
export async function fourRoutesText(): Promise<string> {
  return fourRoutesTable(await outcomesOfAll())
}

/** Returns a table with one column per route. */
export function fourRoutesTable(outcomes: readonly (readonly [string, RouteOutcome])[]): string {
  const row = (label: string, cell: (outcome: RouteOutcome) => string) => [
    label,
    ...outcomes.map(([, outcome]) => cell(outcome)),
  ]
  return markdownTable([
    ['', ...outcomes.map(([name]) => name)],
    row('answers', ({ texts }) => texts.join(' · ')),
    row('tool calls', ({ toolCalls }) => toolCalls.map((call) => `\`${call}\``).join(' ')),
    row('input tokens', ({ usage }) => tokens(usage?.inputTokens)),
    row('of them written', ({ usage }) => tokens(usage?.cacheWriteInputTokens)),
    row('of them read', ({ usage }) => tokens(usage?.cacheReadInputTokens)),
    row('output tokens', ({ usage }) => tokens(usage?.outputTokens)),
    row('cost', ({ costUsd }) => dollars(costUsd)),
    row('saved', ({ savedUsd }) => dollars(savedUsd)),
    row('`costSource`', ({ costSource = 'unknown' }) => costSource),
    row('cache points', ({ landed }) => landed.join(', ')),
    row('last report', ({ points }) => points.map((point) => `\`${point}\``).join(', ')),
  ])
}

function tokens(count: number | undefined): string {
  return count === undefined ? 'unknown' : number.format(count)
}

function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : `$${usd.toFixed(6)}`
}

async function outcomesOfAll(): Promise<[string, RouteOutcome][]> {
  const fake = await startFakeProvider()
  try {
    const proxy = await startLiteLLMProxy({ provider: fake })
    try {
      const outcomes: [string, RouteOutcome][] = []
      for (const [name, config] of Object.entries(fourRoutes(fake, proxy)))
        outcomes.push([name, await runOnRoute(fake, config)])
      return outcomes
    } finally {
      await proxy.stop()
    }
  } finally {
    await fake.close()
  }
}
