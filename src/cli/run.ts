import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text as textOfStream } from 'node:stream/consumers'
import { AgentError } from '../agent/errors.js'
import { type House, openHouse } from '../app/app.js'
import { userStateFolder } from '../config/folders.js'
import { loadConfig } from '../config/load.js'
import type { Config } from '../config/resolve.js'
import type { SessionsConfig } from '../config/sessions.js'
import type { TelemetryConfig } from '../config/telemetry.js'
import { failure } from '../mcp/results/results.js'
import { answerOf, runResult } from '../mcp/results/run-result.js'
import { localPrincipal } from '../policy/allowance.js'
import { planCall } from '../policy/plan-run.js'
import type { RunRecord } from '../runs/engine.js'
import { hasEnded } from '../runs/engine.js'
import type { RunSpec } from '../runs/spec.js'
import { decide } from './approval.js'
import { dryRun } from './dry-run.js'
import { exitCodeOf, exitCodeOfStop, exitCodesText } from './exit-codes.js'
import { runHelp } from './help.js'
import { operatorConfig } from './operator.js'
import { UsageError } from './parse-options.js'
import type { Reading } from './prompt.js'
import { type RunOptions, runOptions } from './run-options.js'
import { RunScreen } from './run-screen.js'
import { terminalStyle } from './terminal.js'

type Given = Exclude<RunOptions, 'help'>

/** How long one look at a run lasts; then there is another. */
const waitMs = 60_000
const closeMs = 2_000

/** Runs an agent for the person at the shell. */
export async function run(args: readonly string[]): Promise<number> {
  const given = await runOptions(args, fromProcess)
  if (given === 'help') {
    process.stdout.write(runHelp + exitCodesText())
    return 0
  }
  const config = await loadConfig({ ...given, name: 'run' })
  const own = operatorConfig(config, Object.keys(given.arguments.params))
  const house = await openHouse(
    {
      ...own,
      sessions: sessionsFor(given.sessionId, own),
      telemetry: unserved(own.telemetry),
    },
    config.logLevel ?? 'error',
  )
  try {
    const spec = specOf(given, house)
    return given.dryRun ? await dryRun(spec, house, given) : await follow(spec, house, given)
  } catch (error) {
    // Who reads the object is to find a run that was refused in it, as a caller of run_agent does.
    if (given.json && !given.dryRun && error instanceof AgentError)
      printObject(failure(error, house.services.redact).structuredContent)
    throw error
  } finally {
    await house.services.runs.close(0)
    await Promise.race([
      Promise.all([house.tools.close(), house.telemetry?.close()]),
      new Promise((resolve) => setTimeout(resolve, closeMs)),
    ])
  }
}

const fromProcess: Reading = {
  readFile: async (path) => {
    try {
      return await readFile(path)
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? error.code : error
      throw new UsageError(`${path} cannot be read (${why}).`)
    }
  },
  readStdin: () => textOfStream(process.stdin),
  stdinIsTerminal: process.stdin.isTTY === true,
}

/** Nobody comes to collect from a command, and the port may be that of a server. */
function unserved({ metrics, ...telemetry }: TelemetryConfig): TelemetryConfig {
  return metrics === 'otlp' ? { ...telemetry, metrics } : telemetry
}

/** A conversation is to be there the next time; without one no store is needed. */
function sessionsFor(sessionId: string | undefined, { sessions }: Config): SessionsConfig {
  const { dir, databaseUrl, ...rest } = sessions
  if (sessionId === undefined) return rest
  if (dir !== undefined || databaseUrl !== undefined) return sessions
  return { ...rest, dir: join(userStateFolder(process.env), 'sessions') }
}

function specOf({ arguments: args, schema, sessionId }: Given, { services }: House): RunSpec {
  return {
    ...planCall('run_agent', args, localPrincipal, services),
    ...(sessionId !== undefined && { sessionId }),
    ...(schema && { output: { schema } }),
  }
}

/** Follows a run to its end on the screen, and prints what is left to print. */
async function follow(spec: RunSpec, { services }: House, given: Given): Promise<number> {
  const { runs, redact } = services
  const { principal } = spec
  const screen = new RunScreen({
    answer: given.json || spec.output ? undefined : (text) => void process.stdout.write(text),
    note: given.quiet ? undefined : (text) => void process.stderr.write(redact(text)),
    style: terminalStyle(process.stderr, process.env),
    answerIsSeen: process.stdout.isTTY === true,
  })
  const { runId } = await runs.start(spec, { onEvent: screen.onEvent })
  const stopped = new AbortController()
  const release = onSignals(() => {
    screen.stopping()
    void runs.cancel(runId, principal)
    stopped.abort()
  })
  let record: RunRecord | undefined
  do {
    record = await runs.wait(runId, principal, { timeoutMs: waitMs, onProgress: screen.doing })
    for (const request of record?.approvals ?? []) {
      screen.pause()
      const decision = await decide(request, given.yes, stopped.signal)
      await runs.decide(runId, principal, request.toolUseId, decision)
    }
  } while (record && !hasEnded(record.status))
  release()
  screen.pause()
  if (!record) throw new Error(`The run ${runId} was lost.`)
  return report(record, screen, given, services)
}

function report(
  record: RunRecord,
  screen: RunScreen,
  { json, schema }: Given,
  services: House['services'],
): number {
  const { outcome } = record
  if (json) {
    printObject(runResult(record, services).structuredContent)
  } else if (outcome && 'result' in outcome) {
    const { output } = outcome.result
    const wanted = output !== undefined || schema !== undefined
    screen.end(wanted ? objectText(output) : answerOf(outcome))
  } else screen.end('')
  screen.footer(record)
  if (!outcome || 'result' in outcome)
    return exitCodeOfStop(outcome?.result.stopReason ?? 'endTurn')
  const { code, hint, internal, message } = outcome.error
  if (code !== 'cancelled') process.stderr.write(`${services.redact(`${message}\n${hint}`)}\n`)
  return internal ? 1 : exitCodeOf(code)
}

function printObject(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

function objectText(output: unknown): string {
  return output === undefined ? '' : JSON.stringify(output, null, 2)
}

/** The first signal asks, the second has no patience left. Gives what takes the ear away again. */
function onSignals(stop: () => void): () => void {
  let stopping = false
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
  const onSignal = (signal: keyof typeof codes) => {
    if (stopping) process.exit(codes[signal])
    stopping = true
    stop()
  }
  const signals = Object.keys(codes) as (keyof typeof codes)[]
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
