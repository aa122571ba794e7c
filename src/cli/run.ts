import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { AgentError } from '../agent/errors.js'
import { type App, createApp } from '../app/app.js'
import { loadConfig } from '../config/load.js'
import type { TelemetryConfig } from '../config/telemetry.js'
import { failure } from '../mcp/results/results.js'
import { answerOf, runResult } from '../mcp/results/run-result.js'
import { stopNotice } from '../mcp/results/stop-notice.js'
import { localPrincipal } from '../policy/allowance.js'
import { planCall } from '../policy/plan-run.js'
import type { RunRecord } from '../runs/engine.js'
import { hasEnded } from '../runs/engine.js'
import type { RunSpec } from '../runs/spec.js'
import { decide } from './approval.js'
import { type Conversation, conversationOf, rememberConversation } from './conversation.js'
import { dryRun, dryRunModels } from './dry-run.js'
import { exitCodeOf, exitCodeOfStop } from './exit-codes.js'
import { inFlags } from './flag-names.js'
import { operatorConfig } from './operator.js'
import { UsageError } from './parse-options.js'
import type { Reading } from './prompt.js'
import { type RunOptions, runOptions } from './run-options.js'
import { RunScreen } from './run-screen.js'
import { readPiped } from './stdin.js'
import { terminalStyle } from './terminal.js'

/** A run is waited for in spans of this length, because timers and durable engines limit one wait. */
const waitMs = 60_000
const closeMs = 2_000

/** Runs an agent for the user at the shell. */
export async function run(args: readonly string[]): Promise<number> {
  const given = await runOptions(args, fromProcess)
  const loaded = await loadConfig({ ...given, name: 'run' })
  const conversation = conversationOf(given, loaded.sessions, process.env)
  const config = operatorConfig(loaded, Object.keys(conversation.arguments.params ?? {}))
  const app = await createApp(
    {
      ...config,
      sessions: conversation.sessions,
      telemetry: withoutServer(config.telemetry),
    },
    loaded.logLevel ?? 'error',
  )
  try {
    if (given.continues) await checkExists(conversation, app)
    const spec = specOf(given, conversation, app)
    if (given.dryRun) return await dryRun(spec, app, given)
    return await follow(spec, app, given, conversation)
  } catch (error) {
    // With --json, a refused run is reported in the object, as callers of run_agent get it.
    if (given.json && !given.dryRun && error instanceof AgentError)
      printObject(failure(error, app.services.redact).structuredContent)
    throw error
  } finally {
    await app.services.runs.close(0)
    await Promise.race([
      Promise.all([app.tools.close(), app.telemetry?.close()]),
      new Promise((resolve) => setTimeout(resolve, closeMs)),
    ])
  }
}

const fromProcess: Reading = {
  readFile: (path) => readFile(path),
  readStdin: () => buffer(process.stdin),
  readPiped,
}

/** Metrics on a port are left out: a command is over before they are scraped, and a server may use the port. */
function withoutServer({ metrics, ...telemetry }: TelemetryConfig): TelemetryConfig {
  return metrics === 'otlp' ? { ...telemetry, metrics } : telemetry
}

async function checkExists({ sessionId }: Conversation, { services }: App): Promise<void> {
  const sessions = await services.sessions.list(localPrincipal)
  if (!sessions.some((session) => session.sessionId === sessionId))
    throw new UsageError('The last conversation has expired, or was deleted.')
}

function specOf(
  { schema, dryRun }: RunOptions,
  { arguments: args, sessionId }: Conversation,
  { services }: App,
): RunSpec {
  const models = dryRun ? dryRunModels(services) : services.models
  return {
    ...planCall('run_agent', args, localPrincipal, { config: services.config, models }),
    ...(sessionId !== undefined && { sessionId }),
    ...(schema && { output: { schema } }),
  }
}

/** Shows a run until it ends, then prints its result. Returns the exit code. */
async function follow(
  spec: RunSpec,
  { services }: App,
  given: RunOptions,
  conversation: Conversation,
): Promise<number> {
  const { runs, redact } = services
  const { principal } = spec
  const screen = new RunScreen({
    // Text before a tool call is not part of the answer, which is known only at the end.
    answer:
      given.json || given.quiet || spec.output
        ? undefined
        : (text) => void process.stdout.write(text),
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
  if (record.outcome && 'result' in record.outcome) rememberConversation(conversation, process.env)
  return report(record, screen, { ...given, named: conversation.named }, services)
}

function report(
  record: RunRecord,
  screen: RunScreen,
  { json, named, schema }: RunOptions & { named: boolean },
  services: App['services'],
): number {
  const { outcome } = record
  if (json) {
    printObject(runResult(record, services).structuredContent)
  } else if (outcome && 'result' in outcome) {
    const { output } = outcome.result
    const wanted = output !== undefined || schema !== undefined
    screen.end(wanted ? objectText(output) : answerOf(outcome))
    screen.notice(stopNotice(outcome.result))
  } else screen.end('')
  screen.footer(record, { named })
  if (!outcome || 'result' in outcome)
    return exitCodeOfStop(outcome?.result.stopReason ?? 'endTurn')
  const { code, hint, internal, message } = outcome.error
  if (code !== 'cancelled')
    process.stderr.write(`${services.redact(inFlags(`${message}\n${hint}`))}\n`)
  return internal ? 1 : exitCodeOf(code)
}

function printObject(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

function objectText(output: unknown): string {
  return output === undefined ? '' : JSON.stringify(output, null, 2)
}

/** Calls `stop` on the first signal and ends the process on the second. Returns a function that stops listening. */
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
