import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const folder = 'litellm-agents-mcp'

/** Where this user's programs keep their configuration, by the custom of the platform. */
export function userConfigFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homeOf(env)
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), folder)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', folder)
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), folder)
}

/** Where they keep what they remember from one start to the next. */
export function userStateFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homeOf(env)
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), folder)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', folder)
  return join(env.XDG_STATE_HOME || join(home, '.local', 'state'), folder)
}

function homeOf(env: Environment): string {
  return env.HOME || env.USERPROFILE || homedir()
}
