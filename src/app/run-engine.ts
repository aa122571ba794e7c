import type { Config } from '../config/resolve.js'
import { allowanceOf } from '../policy/allowance.js'
import type { RunRecord } from '../runs/engine.js'
import { MemoryRunHistory } from '../runs/history/run-history.js'
import { spendingRows } from '../runs/history/spending-rows.js'
import { MemoryUsageTotals } from '../runs/history/usage-totals.js'
import { InProcessEngine } from '../runs/in-process/in-process-engine.js'
import { PromptMemory } from '../runs/in-process/prompt-memory.js'
import { MemoryQuotas } from '../runs/quotas/memory-quotas.js'
import { promptTokens } from '../runs/quotas/prompt-tokens.js'
import type { RunServices } from '../runs/services.js'
import type { BuildRun } from '../runs/spec.js'
import { version } from '../version.js'
import type { LiveConfig } from './live-config.js'
import { openSessions, storeOptions } from './open-sessions.js'

export interface RunEngineOptions {
  live: LiveConfig
  buildRun: BuildRun
  /** Called with every run that has ended in this process. */
  onEnd: (record: RunRecord) => void
  onError: (error: unknown) => void
  /** Called with an unexpected error that ended a run. */
  onUnexpectedError: (thrown: unknown) => void
}

/** Opens the run engine that the configuration selects. */
export function openRunEngine({ runs }: Config, options: RunEngineOptions): Promise<RunServices> {
  return runs.durable ? durable(runs, runs.durable, options) : inProcess(options)
}

async function inProcess({
  live,
  buildRun,
  onEnd,
  onError,
  onUnexpectedError,
}: RunEngineOptions): Promise<RunServices> {
  const sessions = await openSessions(live.config.sessions, onError)
  const quotas = new MemoryQuotas()
  const prompts = new PromptMemory(live.config.runs.maxPromptBytes)
  const usage = new MemoryUsageTotals()
  const history = new MemoryRunHistory()
  const runs = new InProcessEngine(buildRun, sessions, {
    ...live.config.runs,
    admit: async (spec) => {
      const giveBack = prompts.take(spec)
      try {
        const { limits, settle } = await quotas.admit(
          spec.principal,
          spec.limits,
          allowanceOf(spec.principal, live.config),
          promptTokens(spec),
        )
        return {
          limits,
          settle: (spent) => {
            giveBack()
            return settle(spent)
          },
        }
      } catch (thrown) {
        giveBack()
        throw thrown
      }
    },
    onEnd: (record) => {
      const spent = spendingRows(record.agent, record.metrics)
      usage.add(record, spent)
      history.add(record, spent)
      onEnd(record)
    },
    onUnexpectedError,
  })
  // Created on first use, because loading Node's cryptography is slow and most clients never need it.
  let key: Uint8Array | undefined
  const signingKey = () => {
    key ??= newKey()
    return key
  }
  return { runs, sessions, usage, history, signingKey }
}

/** Opens the durable engine. Its modules are loaded only if a database is configured. */
async function durable(
  config: Config['runs'],
  { databaseUrl, deployment, listenUrl }: NonNullable<Config['runs']['durable']>,
  { live, buildRun, onEnd, onError }: RunEngineOptions,
): Promise<RunServices> {
  const [
    { openPostgres },
    { sharedSecret },
    { DurableEngine },
    { postgresUsage },
    { postgresHistory },
  ] = await Promise.all([
    import('../runs/postgres/open-postgres.js'),
    import('../runs/postgres/shared-secret.js'),
    import('../runs/durable/durable-engine.js'),
    import('../runs/durable/postgres-usage.js'),
    import('../runs/durable/postgres-history.js'),
  ])
  const urls = { databaseUrl, listenUrl }
  const postgres = await openPostgres(urls, storeOptions(live.config.sessions), onError)
  const runs = await DurableEngine.open({
    ...config,
    ...postgres,
    databaseUrl,
    buildRun,
    version: `${version} ${deployment}`,
    allowance: (principal) => allowanceOf(principal, live.config),
    onEnd,
    onError,
  })
  const key = await sharedSecret(postgres.database, 'signingKey', newKey())
  return {
    runs,
    sessions: postgres.sessions,
    usage: postgresUsage(postgres.database),
    history: postgresHistory(postgres.database),
    signingKey: () => key,
  }
}

function newKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32))
}
