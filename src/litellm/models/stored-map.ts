import { join } from 'node:path'
import { userStateFolder } from '../../util/folders.js'

/** Returns the path of the price map that `models --update` stores. */
export function storedMapFile(env: Readonly<Record<string, string | undefined>>): string {
  return join(userStateFolder(env), 'models.json')
}
