import { AgentError } from '../agent/errors.js'
import { LiveConfig } from '../app/live-config.js'
import { loadConfig } from '../config/load.js'
import { ConfigError, type ConfigProblem, problemText } from '../config/problems.js'
import type { Config } from '../config/resolve.js'
import { type Check, ok, problem, warning } from './checks/check.js'
import { databaseCheck, nodeCheck, packageCheck, sessionsCheck } from './checks/machine.js'
import { callCheck, keysCheck, modelDataCheck, proxyChecks, routeChecks } from './checks/models.js'
import { networkChecks } from './checks/network.js'
import { serverChecks } from './checks/servers.js'
import { docsPage } from './docs-page.js'
import { explain } from './explain.js'
import { count, counted } from './numbers.js'
import { parseOptions, UsageError } from './parse-options.js'
import { harmless } from './terminal.js'

const options = {
  explain: { type: 'string' },
  call: { type: 'boolean' },
  json: { type: 'boolean' },
  config: { type: 'string' },
} as const

/** Checks everything that a server needs. Returns the exit code 1 if there is a problem. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseOptions(args, options)
  if (positionals.length > 0)
    throw new UsageError(`Unexpected argument ${JSON.stringify(positionals[0])}.`)
  const { json = false, call = false } = values
  const from = values.config === undefined ? {} : { config: values.config }
  if (values.explain !== undefined) return explained(values.explain, { ...from, json })
  const checks = await allChecks(from, call)
  process.stdout.write(json ? `${JSON.stringify({ checks }, null, 2)}\n` : text(checks))
  return checks.some(({ status }) => status === 'problem') ? 1 : 0
}

/** Explains the route of a model id. Returns the exit code 1 if it has none. */
async function explained(modelId: string, options: Parameters<typeof explain>[1]): Promise<number> {
  try {
    await explain(modelId, options)
    return 0
  } catch (error) {
    if (!(error instanceof AgentError || error instanceof ConfigError)) throw error
    const hint = error instanceof AgentError ? `\n${error.hint}` : ''
    process.stderr.write(`${error.message}${hint}\n`)
    return 1
  }
}

interface From {
  config?: string
}

async function allChecks(from: From, call: boolean): Promise<Check[]> {
  const node = nodeCheck(process.versions.node)
  let config: Config
  try {
    config = await loadConfig(from)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const file = error.file ?? 'the environment'
    return [
      node,
      ...error.problems.map((one) =>
        problem(
          'configuration',
          `${file}: ${problemText(one)}`,
          `Correct it there. All keys: ${docsPage('configuration.md')}`,
        ),
      ),
    ]
  }
  const live = new LiveConfig(config, process.env)
  const [routes, proxy, servers, sessions, database] = await Promise.all([
    routeChecks(config, process.env),
    proxyChecks(config, process.env),
    serverChecks(config),
    sessionsCheck(config.sessions),
    databaseChecks(from),
  ])
  const found = routes.flatMap(({ route }) => route ?? [])
  const network = await networkChecks(config, found, process.env)
  const bedrock = routes.some(({ route }) => route?.wire === 'bedrock-converse')
  const google = routes.some(
    ({ route }) => route?.provider === 'vertex_ai' && route.keySource !== 'clientArgs.api_key',
  )
  const checks = [
    node,
    ok('configuration', configurationText(config)),
    ok('limits', limitsText(config)),
    ...config.warnings.map(configurationWarning),
    ...routes.map(({ check }) => check),
    ...network,
    keysCheck(process.env),
    await modelDataCheck(config, process.env),
    ...proxy,
    ...servers,
    ...(sessions ? [sessions] : []),
    ...database,
    ...(bedrock ? [packageCheck('@aws-sdk/client-bedrock-runtime', 'Bedrock models')] : []),
    ...(google ? [packageCheck('google-auth-library', 'Models on Vertex AI')] : []),
    ...(call ? [await callCheck(config, live.models)] : []),
  ]
  return checks.map(({ detail, fix, ...check }) => ({
    ...check,
    detail: live.redact(detail),
    ...(fix !== undefined && { fix: live.redact(fix) }),
  }))
}

/** Checks the database as the HTTP server uses it, which takes DATABASE_URL without further settings. */
async function databaseChecks(from: From): Promise<Check[]> {
  const { runs, sessions } = await loadConfig({ ...from, name: 'http' })
  const reached = await databaseCheck(runs.durable?.databaseUrl ?? sessions.databaseUrl)
  if (!reached) return []
  return runs.durable
    ? [reached, packageCheck('@dbos-inc/dbos-sdk', 'runs in a database')]
    : [reached]
}

function configurationText({ agents, files, mcpServers }: Config): string {
  if (files.length === 0) return 'from the environment only; litellm-agents-mcp init writes a file'
  return `${shownFiles(files)}: ${counted(agents.size, 'agent')}, ${counted(mcpServers.size, 'MCP server')}`
}

/** Says what all callers share; over HTTP, one of them gets half at most. */
function limitsText({ http, runs }: Config): string {
  const prompts =
    runs.maxPromptBytes === undefined
      ? 'an eighth of the heap'
      : `${count(runs.maxPromptBytes)} bytes`
  return `${count(runs.maxConcurrent)} runs at once, ${count(runs.maxQueued)} queued, prompts of ${prompts}; over HTTP ${count(http.maxConnections)} connections and ${count(http.maxBodyBytes)} bytes a request`
}

/** Imported folders can have hundreds of files. */
function shownFiles(files: readonly string[]): string {
  const all = files.filter((file) => !/[\\/]\.$/.test(file))
  const shown = all.slice(0, 5)
  const others = all.length - shown.length
  return `${shown.join(', ')}${others > 0 ? ` and ${others} more` : ''}`
}

function configurationWarning({ fix = '', ...place }: ConfigProblem): Check {
  return warning('configuration', problemText(place), fix)
}

const marks = { ok: '✓', warning: '!', problem: '✗' }

function text(checks: readonly Check[]): string {
  const lines = checks.flatMap(({ name, status, detail, fix }) => [
    `${marks[status]} ${name}: ${detail}`,
    ...(fix ? [`    ${fix}`] : []),
  ])
  return `${[...lines.map(harmless), '', inAll(checks)].join('\n')}\n`
}

function inAll(checks: readonly Check[]): string {
  const found = (['problem', 'warning'] as const).flatMap((kind) => {
    const number = checks.filter(({ status }) => status === kind).length
    return number === 0 ? [] : [counted(number, kind)]
  })
  return found.length === 0 ? 'No problems found.' : `${found.join(', ')}.`
}
