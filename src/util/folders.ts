import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

const folder = 'litellm-agents-mcp'

/** Returns the folder of this user's configuration, by the convention of the platform. */
export function userConfigFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homeFolder(env)
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), folder)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', folder)
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), folder)
}

/** Returns the folder of this user's state, such as sessions, by the convention of the platform. */
export function userStateFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homeFolder(env)
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), folder)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', folder)
  return join(env.XDG_STATE_HOME || join(home, '.local', 'state'), folder)
}

export function homeFolder(env: Environment): string {
  return env.HOME || env.USERPROFILE || homedir()
}
