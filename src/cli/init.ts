import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { errorCode, fileErrorText } from '../util/file-error.js'
import { userConfigFolder } from '../util/folders.js'
import { agentsFile, likelyModel, variablesOf } from './init/agents-file.js'
import { type Client, clients, type Place, placeOf, serverEntry } from './init/clients.js'
import { changedLines } from './init/diff.js'
import { backUp, replaceFile, textOrNone } from './init/files.js'
import { agrees, askedFor } from './init/questions.js'
import { Untouchable, withEntry } from './init/with-entry.js'
import { parseOptions, UsageError } from './parse-options.js'
import { selfCommand } from './self-command.js'

const options = {
  client: { type: 'string', multiple: true },
  model: { type: 'string' },
  import: { type: 'boolean' },
  yes: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  config: { type: 'string' },
} as const

/** Writes a first configuration and adds the server to clients. Returns the exit code 1 if a client was left out. */
export async function init(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseOptions(args, options)
  if (positionals.length > 0)
    throw new UsageError(`Unexpected argument ${JSON.stringify(positionals[0])}.`)
  const place = placeOf(process.platform, process.env, process.env.HOME || homedir())
  const found = clients.filter((client) => isThere(client, place))
  const named = values.client?.map(clientNamed)
  const suggested = { clients: named ?? found, modelId: values.model ?? likelyModel(process.env) }
  const asks = !values.yes && process.stdin.isTTY === true && process.stderr.isTTY === true
  if (!asks && !values.yes && !named && !values.import)
    throw new UsageError('Without a terminal, init needs --client NAME or --yes.')
  const wanted = asks
    ? await askedFor(suggested, { clients: named, modelId: values.model })
    : suggested
  const write = !values['dry-run']
  const configFile = resolve(values.config ?? join(userConfigFolder(process.env), 'agents.yaml'))
  await putAgentsFile(configFile, wanted.modelId, write)
  if (values.import) await addImports(configFile, wanted.modelId, place.home, { asks, write })
  const own = values.config === undefined ? [] : ['--config', configFile]
  const program = realpathSync(process.argv[1] ?? '')
  const server = serverEntry({ node: process.execPath, program }, process.platform, own)
  const variables = variablesOf(wanted.modelId)
  let failures = 0
  for (const client of wanted.clients) {
    const entry = client.entry(server, variables)
    if (!(await addToClient(client, client.file(place), entry, variables, write))) failures++
  }
  if (wanted.clients.length === 0)
    print(`No MCP client was found. Choose one with --client: ${clientNames()}.`)
  for (const line of nextSteps(wanted, variables)) print(line)
  return failures > 0 ? 1 : 0
}

function isThere({ file, sign }: Client, place: Place): boolean {
  const path = file(place)
  return existsSync(path) || existsSync(sign ? sign(place) : dirname(path))
}

function clientNamed(name: string): Client {
  const client = clients.find((one) => one.name === name)
  if (client) return client
  throw new UsageError(`--client knows ${clientNames()}, not ${JSON.stringify(name)}.`)
}

function clientNames(): string {
  return clients.map(({ name }) => name).join(', ')
}

async function putAgentsFile(path: string, modelId: string, write: boolean): Promise<void> {
  if ((await textOrNone(path)) !== undefined) return print(`${path}: exists, unchanged`)
  const text = agentsFile(modelId)
  if (write) await replaceFile(path, text)
  print(`${path}: ${write ? 'written' : 'would be written'}`)
  if (!write) for (const line of changedLines('', text)) print(`    ${line}`)
}

/** Shows what the agents of other programs become, and adds them to the file if the user agrees. */
async function addImports(
  path: string,
  modelId: string,
  home: string,
  { asks, write }: { asks: boolean; write: boolean },
): Promise<void> {
  const { foundImports, previewImports, previewLines, withImports } = await import(
    './init/imports.js'
  )
  const entries = foundImports(home, modelId, process.env)
  if (entries.length === 0) return print('No agents of other programs were found.')
  const preview = previewImports(entries, home)
  print(`Agents of ${entries.map((entry) => entry.path).join(', ')}:`)
  for (const line of previewLines(preview, modelId)) print(line)
  const before = (await textOrNone(path)) ?? agentsFile(modelId)
  const after = withImports(before, entries)
  if (after === before) return print(`${path}: imports them already, unchanged`)
  if (!write) return print(`${path}: would import them`)
  if (asks && !(await agrees('Import them?'))) return print(`${path}: unchanged`)
  await replaceFile(path, after)
  print(`${path}: imports them now`)
}

/** Adds the server to the file of a client. Returns whether the file has the server now. */
async function addToClient(
  { title, ...client }: Client,
  path: string,
  entry: object,
  variables: readonly string[],
  write: boolean,
): Promise<boolean> {
  try {
    const before = await textOrNone(path)
    const after = withEntry(before ?? '', client, entry, client.inputs?.(variables))
    if (after === before) {
      print(`${title}: ${path} has the server already, unchanged`)
      return true
    }
    const lines = changedLines(before ?? '', after)
    if (!write)
      print([`${title}: ${path} would change`, ...lines.map((line) => `    ${line}`)].join('\n'))
    else {
      const saved = before === undefined ? undefined : await backUp(path, new Date())
      await replaceFile(path, after)
      print(`${title}: added to ${path}${saved ? `; backup: ${saved}` : ''}`)
    }
    return true
  } catch (error) {
    if (!(error instanceof Untouchable) && errorCode(error) === undefined) throw error
    print(
      `${title}: ${path} is unchanged, because ${fileErrorText(error)}. Add this to it yourself, under ${client.key}:`,
    )
    print(`    "litellm-agents": ${JSON.stringify(entry)}`)
    return false
  }
}

function nextSteps(
  { clients: chosen, modelId }: { clients: readonly Client[]; modelId: string },
  variables: readonly string[],
): string[] {
  const missing = variables.filter((name) => !process.env[name])
  const withoutVariables = chosen
    .filter(({ entry, inheritsShell }) => {
      const written = JSON.stringify(entry({ command: '', args: [] }, variables))
      return !inheritsShell && !variables.some((name) => written.includes(name))
    })
    .map(({ title }) => title)
  return [
    '',
    ...(missing.length > 0 ? [`${modelId} needs ${missing.join(' and ')} to be set.`] : []),
    ...(variables.length > 0 && withoutVariables.length > 0
      ? [
          `${withoutVariables.join(' and ')} may not see the variables of your shell. Add ${variables.join(' and ')} to "env" of the entry there; init does not write keys.`,
        ]
      : []),
    `Next: run ${selfCommand(process.argv[1] ?? '')} doctor, then restart your clients.`,
  ]
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
