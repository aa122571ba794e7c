import { AgentError } from '../agent/errors.js'
import type { Config, LogLevel } from '../config/resolve.js'
import { InFlight } from '../mcp/in-flight.js'
import { ResultStore } from '../mcp/result-store.js'
import type { Services } from '../mcp/services.js'
import type { RunRecord } from '../runs/engine.js'
import type { RunningTelemetry } from '../telemetry/telemetry.js'
import { version } from '../version.js'
import { runBuilder } from './build-run.js'
import { LiveConfig, logWarnings } from './live-config.js'
import { createLogger, type ServerLog } from './logger.js'
import { type McpTools, mcpTools } from './mcp-tools.js'
import { openRunEngine } from './run-engine.js'
import { WarmUp } from './warm-up.js'

/** Holds the parts that every entry point shares. */
export interface App {
  live: LiveConfig
  log: ServerLog
  services: Services
  tools: McpTools
  telemetry: RunningTelemetry | undefined
  warmUp: WarmUp
}

export async function createApp(config: Config, level: LogLevel): Promise<App> {
  const live = new LiveConfig(config, process.env)
  const redact = (text: string) => live.redact(text)
  const log = createLogger(level, redact)
  logWarnings(config, log)
  const results = new ResultStore()
  const tools = mcpTools(config, log, results)
  const telemetry = await telemetryFor(config, live, log)
  const runServices = await openRunEngine(config, {
    live,
    buildRun: runBuilder(live, tools, telemetry),
    onEnd: (record) => {
      telemetry?.runEnded(record)
      log.info('run ended', runSummary(record))
    },
    onUnexpectedError: (thrown) => log.error('a run failed unexpectedly', { err: thrown }),
    onError: (error) => log.warn('the database of runs has a problem', { reason: reasonOf(error) }),
  })
  telemetry?.watchLoad(() => runServices.runs.load())
  const warmUp = new WarmUp(live, () => services)
  const services: Services = {
    ...runServices,
    version,
    get config() {
      return live.config
    },
    get models() {
      return live.models
    },
    log,
    results,
    inFlight: new InFlight(),
    onToolsListed: warmUp.toolsListed,
    telemetry,
    redact,
  }
  return { live, log, services, tools, telemetry, warmUp }
}

/** Starts telemetry, whose packages are loaded only if it is configured. */
async function telemetryFor(
  { telemetry: wanted }: Config,
  live: LiveConfig,
  log: ServerLog,
): Promise<RunningTelemetry | undefined> {
  if (!wanted.traces && !wanted.metrics) return undefined
  const { startTelemetry } = await import('../telemetry/telemetry.js')
  const routeOf = (modelId: string) => live.models.route(modelId).id
  try {
    return await startTelemetry(wanted, { version, log, routeOf })
  } catch (error) {
    // OTEL_* variables may be set machine-wide for other programs, so a failure is not fatal.
    if (wanted.required || !(error instanceof AgentError)) throw error
    log.warn('telemetry is off', { reason: `${error.message} ${error.hint}` })
    return undefined
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Returns the fields of a run's log line, which never contain a prompt or an answer. */
function runSummary({ metrics, modelId, outcome, runId, usage }: RunRecord) {
  return {
    runId,
    modelId,
    ...(outcome &&
      ('error' in outcome
        ? { error: outcome.error.code }
        : { stopReason: outcome.result.stopReason })),
    cycles: metrics.cycles.length,
    latencyMs: metrics.latencyMs,
    usage,
    costUsd: metrics.costUsd,
  }
}
