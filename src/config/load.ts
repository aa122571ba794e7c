import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { userConfigFolder } from './folders.js'
import { ConfigError } from './problems.js'
import { type Config, type ConfigFlags, resolveConfig } from './resolve.js'

type Environment = Readonly<Record<string, string | undefined>>

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
