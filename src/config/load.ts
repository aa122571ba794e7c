import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ConfigError } from './problems.js'
import { type Config, type ConfigFlags, resolveConfig } from './resolve.js'

type Environment = Readonly<Record<string, string | undefined>>

const folder = 'litellm-agents-mcp'

/**
 * The configuration of this process. The file is the one named by `--config` or
 * `LITELLM_AGENTS_CONFIG`, else `agents.yaml` in the user's configuration folder if it is there;
 * never one from the working directory, where nobody has vetted it.
 */
export async function loadConfig(
  flags: ConfigFlags & { config?: string },
  env: Environment = process.env,
): Promise<Config> {
  const named = flags.config ?? (env.LITELLM_AGENTS_CONFIG || undefined)
  const path = resolve(named ?? join(userConfigFolder(env), 'agents.yaml'))
  const text = readText(path, { optional: named === undefined })
  if (text === undefined) return resolveConfig({ env, flags })
  const { parseConfigFile } = await import('./file.js')
  const file = parseConfigFile(path, text, env, (prompt) => readFileSync(prompt, 'utf8'))
  return resolveConfig({ file, env, flags })
}

/** Where this user's programs keep their configuration, by the custom of the platform. */
export function userConfigFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = env.HOME || env.USERPROFILE || homedir()
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), folder)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', folder)
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), folder)
}

function readText(path: string, { optional }: { optional: boolean }): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (optional && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw new ConfigError([{ path: [], message: `the file cannot be read (${code})` }], path, [
      path,
    ])
  }
}
