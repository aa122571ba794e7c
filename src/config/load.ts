import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { decodeText } from '../util/decode-text.js'
import { errorCode, fileErrorText } from '../util/file-error.js'
import { userConfigFolder } from '../util/folders.js'
import { ConfigError } from './problems.js'
import { type Config, type ConfigFlags, resolveConfig } from './resolve.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Returns the configuration of this process. The file is the one that `--config` or
 * `LITELLM_AGENTS_CONFIG` names, otherwise `agents.yaml` in the user's configuration folder if it
 * exists. A file in the working directory is never read, because it may come with an unvetted repository.
 */
export async function loadConfig(
  flags: ConfigFlags & { config?: string },
  env: Environment = process.env,
): Promise<Config> {
  const named = flags.config ?? (env.LITELLM_AGENTS_CONFIG || undefined)
  const path = resolve(named ?? join(userConfigFolder(env), 'agents.yaml'))
  const text = readConfig(path, { optional: named === undefined })
  if (text === undefined) return resolveConfig({ env, flags })
  const { parseConfigFile } = await import('./file.js')
  const { readAgentFiles, readBeside } = await import('./agent-files.js')
  const reader = { readText, readAgents: readAgentFiles, readBeside }
  const file = parseConfigFile(path, text, env, reader)
  return resolveConfig({ file, env, flags })
}

function readConfig(path: string, { optional }: { optional: boolean }): string | undefined {
  try {
    return readText(path)
  } catch (error) {
    if (optional && ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined
    const message = `the file cannot be read: ${fileErrorText(error)}`
    throw new ConfigError([{ path: [], message }], path, [path])
  }
}

function readText(path: string): string {
  return decodeText(readFileSync(path))
}
