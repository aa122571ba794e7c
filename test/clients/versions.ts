import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Returns the version of an npm package that the lock in a folder names. */
export function packageVersion(folder: string, name: string): string {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return found(packages[`node_modules/${name}`]?.version, name, folder)
}

/** Returns the version of a Python package that a lock names. */
export function requirementVersion(lock: string, name: string): string {
  const pinned = new RegExp(`^${name}(?:\\[.*\\])?==(\\S+)`, 'm').exec(readFileSync(lock, 'utf8'))
  return found(pinned?.[1], name, lock)
}

function found(version: string | undefined, name: string, where: string): string {
  if (version === undefined) throw new Error(`${where} has no ${name}`)
  return version
}
